// The name of the system.

import { draft } from "./draft.js";
import { confirmed, el, message } from "./dom.js";
import { t } from "./texts.js";

export function nameArea(state, { repaint }) {
  const name = el("input", { type: "text", id: "name", maxlength: "120", autocomplete: "off", spellcheck: "false", "aria-describedby": "name-hint", oninput: typed });
  const readOnly = el("div", { id: "read-only" });
  let filledIn = null; // the name in force that stands in the field; null: it has to be filled in again
  if (draft.name !== null) name.value = draft.name;

  function typed() {
    draft.name = state.saved !== null && name.value.trim() === state.saved.name ? null : name.value;
    name.removeAttribute("aria-invalid");
    repaint();
  }

  return {
    parts: [readOnly,
      el("div", { class: "field" }, el("label", { for: "name", text: t("name") }), name,
        el("p", { class: "hint", id: "name-hint", text: t("nameHint") }))],

    paint({ saved }) {
      if (saved === null) return;
      if (draft.name === null && filledIn !== saved.name) name.value = filledIn = saved.name;
      name.readOnly = !saved.writable;
      if (saved.writable) readOnly.replaceChildren();
      else if (!readOnly.firstChild) readOnly.append(message("warn", t("readOnly", { file: saved.file })));
    },

    // As the agent writes it from now on, which may be otherwise than it was typed in.
    taken(asked) {
      if (draft.name === asked) draft.name = filledIn = null; // otherwise it was typed on meanwhile
      name.removeAttribute("aria-invalid");
    },
    refused() {
      name.setAttribute("aria-invalid", "true");
      name.focus({ preventScroll: true });
    },
    focus() { name.focus(); },

    // Another name cuts off every user until there is a new key file: one letter and Enter must not do that.
    async mayRename() {
      const to = draft.name?.trim() ?? "";
      const from = state.saved.name;
      if (to === "" || from === "" || to.toLowerCase() === from) return true;
      return confirmed(t("renameQuestion", { from, to }), t("rename"), t("no"));
    },
  };
}
