// The UCI connection: on, off, and renewed.

import { ask } from "./api.js";
import { confirmed, el, message } from "./dom.js";
import { t } from "./texts.js";

export function uciArea(state, { notice, load }) {
  const activate = el("button", { type: "button", id: "uci-activate", disabled: true, text: t("uciActivate"), onclick: switchOn });
  const off = el("button", { type: "button", class: "danger", id: "uci-off", disabled: true, text: t("uciOffButton"), onclick: switchOff });
  const isOff = el("div", { id: "uci-state" });

  async function switchOn() {
    const { saved, status } = state;
    if (status && status.uci.enabled && status.sessions.users > 0 && !(await confirmed(t("uciQuestion"), t("yes"), t("no")))) return;
    try {
      if (saved.uciEnabled) await ask("uci-renew"); else await ask("settings-save", { uciEnabled: true });
      notice.tell("good", t("uciDone"));
    } catch (error) { notice.refuse(error); }
    await load();
  }

  async function switchOff() {
    if (!(await confirmed(t("uciOffQuestion"), t("yes"), t("no")))) return;
    try {
      await ask("settings-save", { uciEnabled: false });
      notice.tell("good", t("uciOffDone"));
    } catch (error) { notice.refuse(error); }
    await load();
    if (off.hidden) activate.focus();
  }

  return {
    parts: [el("h3", { text: t("uci") }), isOff, el("div", { class: "row" }, activate, off)],
    paint({ saved }) {
      if (saved === null) return;
      off.hidden = !saved.uciEnabled;
      off.disabled = !saved.writable;
      activate.disabled = !saved.writable && !saved.uciEnabled;
      if (saved.uciEnabled) isOff.replaceChildren();
      else if (!isOff.firstChild) isOff.append(message("warn", t("uciOff")));
    },
  };
}
