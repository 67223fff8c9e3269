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

// Where a button of this page does what a code, or a sentence of the diagnosis, advises to type.
const buttons = {
  "agent.no-key": ["newKey", "tabSettings"],
  "agent.too-many-keys": ["endOlder", "tabSettings"],
  "uci.disabled": ["uciActivate", "tabSettings"],
  "set enabled = yes in [uci], then: starface-teams-agent reload": ["uciActivate", "tabSettings"],
  "it is closed now; if others may have read it: starface-teams-agent key new --revoke": ["newKey", "tabSettings"],
};

export function buttonFor(advice) {
  const [button, tab] = buttons[advice] ?? [];
  return button ? t("byButton", { button: t(button), tab: t(tab) }) : null;
}

// In one line, for a table or a list.
export function explained(error) {
  const words = explanation(error.code);
  const own = words || !error.hint ? error.message : `${error.message} – ${error.hint}`;
  return words ? `[${error.code}] ${words} (${own})` : `[${error.code}] ${own}`;
}

export function failure(error) {
  if (!error.message) return message("bad", t("unexpected"), error.code ?? String(error));
  const button = buttonFor(error.code);
  const words = explanation(error.code);
  const own = error.hint ? `${error.message} – ${error.hint}` : error.message;
  return words ? message("bad", words, `${error.code}: ${own}`, button) : message("bad", error.message, error.code, button, error.hint);
}
