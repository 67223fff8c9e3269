// Sitzungen: who is signed in.

import { ask } from "./api.js";
import { announce, confirmed, el, message } from "./dom.js";
import { failure } from "./failure.js";
import { table } from "./licenses.js";
import { dateTime, t } from "./texts.js";

const kRefreshMs = 5000;

export function show(panel) {
  let gone = false;
  let last = "";
  const notice = el("div", { id: "sessions-notice" });
  const list = el("div", { id: "sessions-list" });
  panel.append(el("h2", { text: t("tabSessions") }), notice, list,
    el("p", {}), el("button", { type: "button", id: "refresh-sessions", text: t("refresh"), onclick: () => load(true) }));

  async function end(user) {
    if (!(await confirmed(t("endQuestion", { user }), t("yes"), t("no")))) return;
    try {
      await ask("session-end", { user });
      const words = t("ended", { user });
      notice.replaceChildren(message("good", words));
      announce(words);
    } catch (error) { notice.replaceChildren(failure(error)); }
    await load(true);
  }

  async function load(anew) {
    try {
      const { users } = await ask("sessions");
      // Not while nothing changes: somebody may be on one of the buttons.
      if (gone || (!anew && JSON.stringify(users) === last)) return;
      last = JSON.stringify(users);
      list.replaceChildren(table(t("sessionTable"), [t("user"), t("since"), t("sessionCount"), t("pbx"), t("licenseKind"), t("action")],
        users.map((user) => el("tr", {},
          el("td", { text: user.user }), el("td", { text: dateTime(user.since) }), el("td", { text: String(user.sessions) }),
          el("td", {}, el("span", { class: `mark ${user.connected ? "good" : "bad"}`, text: t(user.connected ? "pbxUp" : "pbxDown") })),
          el("td", { text: t(user.seat ? "seatKind" : "namedKind") }),
          el("td", {}, el("button", { type: "button", class: "danger", text: t("end"), "aria-label": `${t("end")}: ${user.user}`, onclick: () => end(user.user) })))),
        t("nobody")));
    } catch (error) { if (!gone) notice.replaceChildren(failure(error)); }
  }

  load(true);
  const timer = setInterval(() => load(false), kRefreshMs);
  return () => { gone = true; clearInterval(timer); };
}
