// The system key: shown, copied, made again, and older ones that are still good.

import { ask } from "./api.js";
import { draft } from "./draft.js";
import { confirmed, el, setText } from "./dom.js";
import { dateTime, t } from "./texts.js";

const kHidden = "•••• •••• •••• ••••";

// What becomes of the old key when a new one is made; the choice is draft.key.
function fateOfOldKey(onDrop) {
  const question = el("p", { id: "fate-question" });
  const choices = el("div", {}, ...[["86400", "keepDay"], ["604800", "keepWeek"], ["revoke", "revoke"]].map(([value, text]) =>
    el("label", { class: "choice" }, el("input", { type: "radio", name: "fate", value, onchange: () => { draft.key = value; } }), el("span", { text: t(text) }))));
  const drop = el("button", { type: "button", class: "quiet", id: "no-new-key", text: t("noNewKey"), onclick: onDrop });
  const element = el("fieldset", { id: "fate", hidden: true, "aria-describedby": "fate-question" },
    el("legend", { text: t("fate") }), question, choices, drop);
  return {
    element,
    paint(hasKey) {
      // Somebody may have made a key, or the first one, by the command meanwhile.
      if (draft.key !== null) draft.key = !hasKey ? "first" : draft.key === "first" ? "86400" : draft.key;
      element.hidden = draft.key === null;
      choices.hidden = !hasKey;
      setText(question, t(hasKey ? "newKeyPending" : "firstKeyPending"));
      for (const choice of choices.querySelectorAll("input")) choice.checked = choice.value === draft.key;
    },
    focus() { (choices.hidden ? drop : choices.querySelector("input")).focus(); },
  };
}

function olderKeys(onEnd) {
  const list = el("ul", { id: "older-keys" });
  const element = el("div", { class: "older", hidden: true }, el("p", { text: t("olderKeys") }), list,
    el("button", { type: "button", class: "danger", id: "end-older", text: t("endOlder"), onclick: onEnd }));
  let painted = "";
  return {
    element,
    paint(keys) {
      element.hidden = keys.length === 0;
      const texts = keys.map(({ id, expires }) => t("alsoGood", { id, expires: dateTime(expires) }));
      if (texts.join() === painted) return;
      painted = texts.join();
      list.replaceChildren(...texts.map((text) => el("li", { text })));
    },
  };
}

export function keyArea(state, { notice, repaint, load }) {
  const key = el("output", { id: "key", class: "key", "aria-live": "off", "aria-describedby": "key-hint" });
  const show = el("button", { type: "button", id: "show-key", "aria-pressed": "false", disabled: true, text: t("show"), onclick: toggle });
  const copy = el("button", { type: "button", id: "copy-key", disabled: true, text: t("copy"), "aria-label": t("copyKey"), onclick: copyIt });
  const make = el("button", { type: "button", id: "new-key", disabled: true, text: t("newKey"), onclick: prepare });
  const fate = fateOfOldKey(drop);
  const older = olderKeys(endOlder);

  async function toggle() {
    try {
      state.shownKey = state.shownKey === null ? (await ask("key-show")).key : null;
      repaint();
    } catch (error) { notice.refuse(error); }
  }

  async function copyIt() {
    try {
      const text = (await ask("key-show")).key;
      if (state.isGone) return;
      // A browser may refuse, for example without a permission: then the key is shown and marked.
      const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
      if (copied) { notice.tell("good", t("copied")); return; }
      state.shownKey = text;
      repaint();
      getSelection().selectAllChildren(key);
      notice.tell("warn", t("copyByHand"));
    } catch (error) { notice.refuse(error); }
  }

  function prepare() {
    draft.key = state.status.key ? "86400" : "first";
    repaint();
    fate.focus();
  }

  function drop() {
    draft.key = null;
    repaint();
    make.focus();
  }

  async function endOlder() {
    if (!(await confirmed(t("endOlderQuestion"), t("yes"), t("no")))) return;
    try {
      await ask("key-revoke");
      notice.tell("good", t("olderEnded"));
    } catch (error) { notice.refuse(error); }
    await load();
    if (older.element.hidden) make.focus();
  }

  return {
    element: el("div", { class: "field wide" }, el("label", { for: "key", text: t("key") }),
      key, el("div", { class: "row" }, show, copy, make),
      el("p", { class: "hint", id: "key-hint", text: t("keyHint") }), fate.element, older.element),
    paint({ status, shownKey }) {
      const hasKey = Boolean(status?.key);
      make.disabled = status === null;
      show.disabled = !hasKey;
      copy.disabled = !hasKey;
      setText(show, t(shownKey === null ? "show" : "hide"));
      show.setAttribute("aria-pressed", String(shownKey !== null));
      setText(key, shownKey ?? (status === null ? t("loading") : hasKey ? kHidden : t("noKey")));
      if (status === null) return;
      fate.paint(hasKey);
      older.paint(hasKey ? status.key.older : []);
    },
  };
}
