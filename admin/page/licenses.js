// Lizenzen: keys that were entered, and who holds a seat.

import { ask } from "./api.js";
import { announce, confirmed, el, message } from "./dom.js";
import { explained, failure } from "./failure.js";
import { dateTime, t } from "./texts.js";

function row(...cells) { return el("tr", {}, ...cells.map((cell) => el("td", {}, cell))); }

export function table(caption, heads, rows, empty) {
  if (rows.length === 0) return el("p", { text: empty });
  return el("div", { class: "table" }, el("table", {},
    el("caption", { text: caption }),
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col", text: head })))),
    el("tbody", {}, ...rows)));
}

export function show(panel) {
  let gone = false;
  const notice = el("div", { id: "licenses-notice" });
  const text = el("textarea", { id: "license-text", spellcheck: "false", autocomplete: "off", "aria-describedby": "license-hint" });
  const lists = el("div", { id: "licenses-lists" });
  panel.append(
    el("h2", { text: t("tabLicenses") }), el("p", { text: t("licensesIntro") }), notice, lists,
    el("h3", { text: t("enterLicense") }),
    el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); enter(); } },
      el("div", { class: "field" }, el("label", { for: "license-text", text: t("licenseKey") }), text,
        el("p", { class: "hint", id: "license-hint", text: t("licenseHint") })),
      el("button", { type: "submit", class: "main", id: "enter-license", text: t("enter") })));

  function tell(...messages) { if (!gone) notice.replaceChildren(...messages); }

  async function enter() {
    try {
      const license = await ask("license-add", { text: text.value.trim() });
      text.value = "";
      const words = t("entered", license);
      tell(message("good", words));
      announce(words);
    } catch (error) { tell(failure(error)); text.focus(); return; }
    await load();
  }

  async function act(question, command, body, done) {
    if (!(await confirmed(question, t("yes"), t("no")))) return;
    try {
      await ask(command, body);
      tell(message("good", done));
      announce(done);
    } catch (error) { tell(failure(error)); }
    await load();
  }

  function licenseRow(license) {
    return row(license.id, license.holder, (license.systems ?? []).join(", "), license.from ?? "", license.until ?? "", String(license.seats),
      license.problem ? explained(license.problem) : t("good"),
      el("button", { type: "button", class: "danger", text: t("remove"), "aria-label": `${t("remove")}: ${license.id}`,
        onclick: () => act(t("removeQuestion", license), "license-remove", { id: license.id }, t("removed")) }));
  }

  function holderRow(holder) {
    return row(holder.user, dateTime(typeof holder.since === "number" ? holder.since * 1000 : holder.since), String(holder.sessions),
      el("button", { type: "button", class: "danger", text: t("withdraw"), "aria-label": `${t("withdraw")}: ${holder.user}`,
        onclick: () => act(t("withdrawQuestion", holder), "license-revoke", { user: holder.user }, t("withdrawn", holder)) }));
  }

  async function load() {
    try {
      const list = await ask("license-list");
      if (gone) return;
      const { licenses, holders, seats, taken } = list;
      lists.replaceChildren(
        table(t("licenseTable"), [t("id"), t("holder"), t("systems"), t("from"), t("until"), t("seatCount"), t("state"), t("action")],
          licenses.map(licenseRow), t("noLicenses")),
        el("h3", { text: t("seats") }),
        table(t("seatTable", { taken, most: seats }), [t("user"), t("since"), t("sessionCount"), t("action")],
          holders.map(holderRow), t("noSeats")));
    } catch (error) { tell(failure(error)); }
  }

  load();
  return () => { gone = true; };
}
