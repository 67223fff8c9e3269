// Lizenzen: keys that were entered, and who holds a seat.

import { ask } from "./api.js";
import { confirmed, el } from "./dom.js";
import { explained } from "./failure.js";
import { filter, repaint, row, table } from "./lists.js";
import { notices } from "./notices.js";
import { dateTime, day, t } from "./texts.js";

const kRefreshMs = 5000;

// What was typed and not entered yet outlives the tab.
let draft = "";
export function isUnsaved() { return draft.trim() !== ""; }
export function forget() { draft = ""; }

export function show(panel) {
  let gone = false;
  let known = null;
  const heading = el("h2", { tabindex: "-1", text: t("tabLicenses") });
  const notice = notices("licenses-notice");
  const text = el("textarea", { id: "license-text", spellcheck: "false", autocomplete: "off", "aria-describedby": "license-hint",
    oninput: () => { draft = text.value; text.removeAttribute("aria-invalid"); } });
  text.value = draft;
  const seats = el("h3", { tabindex: "-1", text: t("seats"), hidden: true });
  const only = filter("licenses-filter", paintHolders);
  const licenses = el("div", { id: "licenses-entered" }, el("p", { text: t("loading") }));
  const holders = el("div", { id: "licenses-holders" });
  panel.append(
    heading, el("p", { text: t("licensesIntro") }), notice.place,
    el("p", {}, el("button", { type: "button", id: "refresh-licenses", text: t("refresh"), onclick: () => load(false) })),
    el("div", { id: "licenses-lists" }, licenses, seats, only.place, holders),
    el("h3", { text: t("enterLicense") }),
    el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); enter(); } },
      el("div", { class: "field" }, el("label", { for: "license-text", text: t("licenseKey") }), text,
        el("p", { class: "hint", id: "license-hint", text: t("licenseHint") })),
      el("button", { type: "submit", class: "main", id: "enter-license", text: t("enter") })));

  async function enter() {
    try {
      const license = await ask("license-add", { text: text.value.trim() });
      forget();
      text.value = "";
      text.removeAttribute("aria-invalid");
      if (!gone) notice.tell("good", t("entered", license));
    } catch (error) {
      notice.refuse(error);
      text.setAttribute("aria-invalid", "true");
      text.focus({ preventScroll: true });
      return;
    }
    await load(false);
  }

  async function act(question, command, body, done) {
    if (!(await confirmed(question, t("yes"), t("no")))) return;
    try {
      await ask(command, body);
      notice.tell("good", done);
    } catch (error) { notice.refuse(error); }
    await load(false);
  }

  function licenseRow(license) {
    return row(license.id, license.holder, (license.systems ?? []).join(", "), day(license.from), day(license.until), String(license.seats),
      license.problem ? explained(license.problem) : t("good"),
      el("button", { type: "button", class: "danger", text: t("remove"), "aria-label": `${t("remove")}: ${license.id}`,
        onclick: () => act(t("removeQuestion", license), "license-remove", { id: license.id }, t("removed")) }));
  }

  function holderRow(holder) {
    return row(holder.user, dateTime(typeof holder.since === "number" ? holder.since * 1000 : holder.since), String(holder.sessions),
      el("button", { type: "button", class: "danger", text: t("withdraw"), "aria-label": `${t("withdraw")}: ${holder.user}`,
        onclick: () => act(t("withdrawQuestion", holder), "license-revoke", { user: holder.user }, t("withdrawn", holder)) }));
  }

  function paintHolders() {
    const shown = only.narrow(known.holders, (holder) => holder.user);
    repaint(holders, seats, table(t("seatTable", { taken: known.taken, most: known.seats }), [t("user"), t("since"), t("sessionCount"), t("action")],
      shown.map(holderRow), t(only.isUsed() ? "noMatch" : "noSeats")));
  }

  function paint() {
    seats.hidden = false;
    repaint(licenses, heading, ...(known.pbxRights?.length ? [el("p", { text: t("pbxRights", { rights: known.pbxRights.join(", ") }) })] : []),
      table(t("licenseTable"), [t("id"), t("holder"), t("systems"), t("from"), t("until"), t("seatCount"), t("state"), t("action")],
        known.licenses.map(licenseRow), t("noLicenses")));
    paintHolders();
  }

  async function load(byItself) {
    try {
      const list = await ask("license-list", {}, { byItself });
      if (gone) return;
      notice.answeredByItself();
      // Not while nothing changes: somebody may be marking a name.
      if (JSON.stringify(list) === JSON.stringify(known)) return;
      known = list;
      paint();
    } catch (error) { if (!gone) notice.refuseByItself(error); }
  }

  load(false);
  const timer = setInterval(() => load(true), kRefreshMs);
  return () => { gone = true; clearInterval(timer); };
}
