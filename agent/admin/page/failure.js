// What went wrong, with its stable code and what to do next; in German as docs/errors.md explains the code.

import { el, message } from "./dom.js";
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
  "session.no-tickets": ["refresh", "tabSessions"],
  "uci.disabled": ["uciActivate", "tabSettings"],
  "set enabled = yes in [uci], then: starface-teams-agent reload": ["uciActivate", "tabSettings"],
  "it is closed now; if others may have read it: starface-teams-agent key new --revoke": ["newKey", "tabSettings"],
};

export function buttonFor(advice) {
  const [button, tab] = buttons[advice] ?? [];
  return button ? t("byButton", { button: t(button), tab: t(tab) }) : null;
}

function ownWords(error) { return error.hint ? `${error.message} – ${error.hint}` : error.message; }

// The agent's own sentence, which is English, folded away behind the explanation.
export function original(text, classes = "") {
  return el("details", { class: `original ${classes}` }, el("summary", { text: t("original") }), el("p", { lang: "en", text }));
}

// The contents of a cell of a table or of a list's item.
export function explained(error) {
  const words = explanation(error.code);
  return words ? [`[${error.code}] ${words}`, original(ownWords(error))] : [`[${error.code}] ${ownWords(error)}`];
}

// `words`: what the area knows better than the code's explanation, for example which field of the page is meant.
export function failure(error, words = explanation(error.code)) {
  if (!error.message) return message("bad", t("unexpected"), error.code ?? String(error));
  const button = buttonFor(error.code);
  if (!words) return message("bad", error.message, error.code, button, error.hint);
  const shown = message("bad", words, error.code, button);
  shown.append(original(ownWords(error)));
  return shown;
}
