// What went wrong, with its stable code and what to do next; in German as docs/errors.md explains the code.

import { message } from "./dom.js";
import { currentLanguage, t } from "./texts.js";

const german = new Map();

// Once; without it the agent's own words are shown, which are English.
export async function loadExplanations() {
  try {
    const table = await (await fetch("/errors.md")).text();
    for (const row of table.matchAll(/^\| `([^`]+)` \| \d+ \| [^|]+ \| ([^|]+) \|$/gm)) german.set(row[1], row[2].replaceAll("`", ""));
  } catch { /* shown in English */ }
}

export function explanation(code) {
  return currentLanguage() === "de" ? german.get(code) ?? null : null;
}

// In one line, for a table or a list.
export function explained(error) {
  const words = explanation(error.code);
  const own = words || !error.hint ? error.message : `${error.message} – ${error.hint}`;
  return words ? `[${error.code}] ${words} (${own})` : `[${error.code}] ${own}`;
}

export function failure(error) {
  if (error.code === "page.no-answer") return message("bad", t("noAnswer"), error.code);
  if (!error.message) return message("bad", t("unexpected"), error.code ?? String(error));
  const words = explanation(error.code);
  const own = error.hint ? `${error.message} – ${error.hint}` : error.message;
  return words ? message("bad", words, `${error.code}: ${own}`) : message("bad", error.message, error.code, error.hint);
}
