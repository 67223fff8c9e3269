// Devices on which users stay signed in by tickets, a part of the sessions.

import { ask } from "./api.js";
import { confirmed, el } from "./dom.js";
import { filter, repaint, row, table } from "./lists.js";
import { dateTime, t } from "./texts.js";

// `changed`: called when devices were signed out, or could not be.
export function devicesArea(notice, changed) {
  let users = null;
  const heading = el("h3", { tabindex: "-1", text: t("devices") });
  const only = filter("devices-filter", paint, { label: "filterDevices", counted: "devicesFiltered" });
  const list = el("div", { id: "devices-list" }, el("p", { text: t("loading") }));

  async function end(question, body, done) {
    if (!(await confirmed(question, t("yes"), t("no")))) return;
    try {
      await ask("ticket-revoke", body);
      notice.tell("good", done);
    } catch (error) { notice.refuse(error); }
    await changed();
  }

  function endButton(label, whose, question, body, done) {
    return el("button", { type: "button", class: "danger", text: t(label), "aria-label": `${t(label)}: ${whose}`, onclick: () => end(question, body, done) });
  }

  // Of several devices the first row has the button for all of them.
  function buttons({ user, devices }, { device }) {
    const one = endButton("endDevice", `${user}, ${device}`, t("endDeviceQuestion", { user, device }), { user, device }, t("deviceEnded", { user, device }));
    if (devices.length === 1 || device !== devices[0].device) return one;
    return el("div", { class: "row" }, one, endButton("endDevices", user, t("endQuestion", { user }), { user }, t("ended", { user })));
  }

  function deviceRow(user, device) {
    return row(user.user,
      el("div", {}, el("code", { text: device.device }), el("p", { class: "hint", text: device.software })),
      dateTime(device.since), dateTime(device.used), dateTime(device.ends), buttons(user, device));
  }

  function paint() {
    const all = users.flatMap((user) => user.devices.map((device) => ({ user, device })));
    const shown = only.narrow(all, ({ user }) => user.user);
    repaint(list, heading, table(t("deviceTable"), [t("user"), t("device"), t("signedInSince"), t("lastUsed"), t("validUntil"), t("action")],
      shown.map(({ user, device }) => deviceRow(user, device)), t(only.isUsed() ? "noMatch" : "noDevices")));
  }

  return {
    parts: [heading, el("p", { text: t("devicesIntro") }), only.place, list],
    // `answer`: of ticket-list.
    take(answer) {
      // Not while nothing changes: somebody may be marking a name.
      if (JSON.stringify(answer.users) === JSON.stringify(users)) return;
      users = answer.users;
      paint();
    },
  };
}
