// Sitzungen: who is signed in, and where users stay signed in.

import { ask } from "./api.js";
import { devicesArea } from "./devices.js";
import { confirmed, el } from "./dom.js";
import { filter, repaint, row, table } from "./lists.js";
import { notices } from "./notices.js";
import { dateTime, t } from "./texts.js";

const kRefreshMs = 5000;

export function show(panel) {
  let gone = false;
  let users = null;
  const heading = el("h2", { tabindex: "-1", text: t("tabSessions") });
  const notice = notices("sessions-notice");
  const only = filter("sessions-filter", paint);
  const list = el("div", { id: "sessions-list" }, el("p", { text: t("loading") }));
  const devices = devicesArea(notice, () => load(false));
  panel.append(heading, notice.place,
    el("p", {}, el("button", { type: "button", id: "refresh-sessions", text: t("refresh"), onclick: () => load(false) })), only.place, list,
    ...devices.parts);

  async function end(user) {
    if (!(await confirmed(t("endQuestion", { user }), t("yes"), t("no")))) return;
    try {
      await ask("session-end", { user });
      notice.tell("good", t("ended", { user }));
    } catch (error) { notice.refuse(error); }
    await load(false);
  }

  function userRow(user) {
    return row(user.user, dateTime(user.since), String(user.sessions),
      el("span", { class: `mark ${user.connected ? "good" : "bad"}`, text: t(user.connected ? "pbxUp" : "pbxDown") }),
      t(user.seat ? "seatKind" : "namedKind"),
      el("button", { type: "button", class: "danger", text: t("end"), "aria-label": `${t("end")}: ${user.user}`, onclick: () => end(user.user) }));
  }

  function paint() {
    const shown = only.narrow(users, (user) => user.user);
    repaint(list, heading, table(t("sessionTable"), [t("user"), t("since"), t("sessionCount"), t("pbx"), t("licenseKind"), t("action")],
      shown.map(userRow), t(only.isUsed() ? "noMatch" : "nobody")));
  }

  function take(answer) {
    // Not while nothing changes: somebody may be marking a name.
    if (JSON.stringify(answer.users) === JSON.stringify(users)) return;
    users = answer.users;
    paint();
  }

  // Each shows what was answered, whatever has become of the other.
  async function load(byItself) {
    const [sessions, tickets] = await Promise.allSettled([ask("sessions", {}, { byItself }), ask("ticket-list", {}, { byItself })]);
    if (gone) return;
    if (sessions.value) take(sessions.value);
    if (tickets.value) devices.take(tickets.value);
    const failed = [sessions, tickets].find(({ status }) => status === "rejected");
    if (failed) notice.refuseByItself(failed.reason); else notice.answeredByItself();
  }

  load(false);
  const timer = setInterval(() => load(true), kRefreshMs);
  return () => { gone = true; clearInterval(timer); };
}
