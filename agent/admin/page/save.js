// Saving: the name first, then the key. One may be taken and the other refused, and the page says which.

import { ask } from "./api.js";
import { draft, isUnsaved } from "./draft.js";
import { el, setText } from "./dom.js";
import { spoken, t } from "./texts.js";

const kNameWrong = ["settings.bad-value", "settings.missing"]; // of the only value that is typed in here
const kNothing = "nothing has changed"; // as the agent says it

export function saveArea(state, { notice, repaint, load }, name) {
  const save = el("button", { type: "submit", class: "main", id: "save", disabled: true, text: t("save") });
  const unsaved = el("span", { class: "hint", id: "unsaved", role: "status" });

  // Both give what was changed, in words.
  async function saveName() {
    if (draft.name === null) return [];
    const asked = draft.name;
    const { changes } = await ask("settings-save", { name: asked.trim() });
    name.taken(asked);
    return changes.filter((change) => change !== kNothing).map((change) => spoken([[change]]));
  }

  async function saveKey() {
    if (draft.key === null) return [];
    const old = { first: {}, revoke: { revoke: true } }[draft.key] ?? { grace: Number(draft.key) };
    const { id } = await ask("key-new", old);
    draft.key = null;
    state.shownKey = null;
    return [`${t("key")}: ${id}`];
  }

  function tell(done, refused) {
    if (done.length > 0) notice.tell("good", t("savedChanges", { changes: done.join("; ") }));
    else if (refused === null) notice.tell("warn", t("nothingChanged"));
    if (refused === null) return;
    const isNameWrong = draft.name !== null;
    const left = [isNameWrong ? t("name") : null, draft.key !== null ? t("key") : null].filter(Boolean).join(", ");
    const words = isNameWrong && kNameWrong.includes(refused.code) ? t("nameWrong") : undefined;
    notice.refuse(refused, { intro: t("notSaved", { what: left }), words, beside: done.length > 0 });
    if (isNameWrong) name.refused();
  }

  async function saveBoth() {
    const done = [];
    let refused = null;
    try {
      done.push(...await saveName());
      done.push(...await saveKey());
    } catch (error) { refused = error; } finally { state.isSaving = false; }
    if (state.isGone) return;
    tell(done, refused);
    // Whatever came about, the page shows how it is now: the name as it was saved, too.
    repaint();
    await load();
  }

  return {
    element: el("div", { class: "row" }, save, unsaved),
    paint({ saved, isSaving }) {
      setText(unsaved, isUnsaved() ? t("unsaved") : "");
      save.disabled = saved === null || isSaving;
    },
    async run() {
      if (state.isSaving) return;
      if (!isUnsaved()) { notice.tell("warn", t("nothingChanged")); return; }
      state.isSaving = true;
      repaint();
      if (await name.mayRename()) { await saveBoth(); return; }
      state.isSaving = false;
      repaint();
      name.focus();
    },
  };
}
