// Tables of users and licences: narrowed down, and painted anew under somebody who is just on one of the buttons.

import { el } from "./dom.js";
import { t } from "./texts.js";

const kFew = 8; // rows that need no filter

// A cell is a text, an element, or several of them. The roles stay when a narrow window shows rows as cards (style.css).
export function row(...cells) { return el("tr", { role: "row" }, ...cells.map((cell) => el("td", { role: "cell" }, ...[cell].flat()))); }

export function table(caption, heads, rows, empty) {
  if (rows.length === 0) return el("p", { text: empty });
  for (const { children } of rows) heads.forEach((head, at) => children[at].setAttribute("data-head", head));
  return el("div", { class: "table" }, el("table", { role: "table" },
    el("caption", { text: caption }),
    el("thead", { role: "rowgroup" },
      el("tr", { role: "row" }, ...heads.map((head) => el("th", { role: "columnheader", scope: "col", text: head })))),
    el("tbody", { role: "rowgroup" }, ...rows)));
}

// Whoever was on a button is on the same one again; when its row has gone, on the next row's, or on the heading.
export function repaint(container, heading, ...content) {
  const buttons = () => [...container.querySelectorAll("button")];
  const at = buttons().indexOf(document.activeElement);
  const label = document.activeElement.getAttribute("aria-label");
  container.replaceChildren(...content);
  if (at < 0) return;
  const now = buttons();
  (now.find((button) => button.getAttribute("aria-label") === label) ?? now[Math.min(at, now.length - 1)] ?? heading).focus();
}

// `label` and `counted` name the words for what is listed.
export function filter(id, changed, { label = "filter", counted = "filtered" } = {}) {
  const field = el("input", { type: "search", id, autocomplete: "off", spellcheck: "false", oninput: changed });
  const told = el("span", { class: "hint", role: "status" });
  const place = el("div", { class: "field", hidden: true }, el("label", { for: id, text: t(label) }), field, told);
  return {
    place,
    // Those of a list whose text has in it what was typed.
    narrow(list, textOf) {
      const wanted = field.value.trim().toLowerCase();
      place.hidden = list.length <= kFew && !wanted;
      const shown = list.filter((item) => textOf(item).toLowerCase().includes(wanted));
      const words = wanted ? t(counted, { shown: shown.length, all: list.length }) : "";
      if (told.textContent !== words) told.textContent = words;
      return shown;
    },
    isUsed() { return field.value.trim() !== ""; },
  };
}
