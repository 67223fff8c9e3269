// How everything is: one line for each part, and one word for all of them.

import { el, setText } from "./dom.js";
import { explained } from "./failure.js";
import { dateTime, day, decimal, t } from "./texts.js";

const marks = { good: "✓", warn: "!", bad: "✗", none: "–" };
const kinds = { well: "good", warning: "warn", critical: "bad" };

function keyText(key) {
  if (!key) return t("noKey");
  let text = t("madeOn", { id: key.id, created: dateTime(key.created) });
  for (const older of key.older ?? []) text += `; ${t("alsoGood", { id: older.id, expires: dateTime(older.expires) })}`;
  return text;
}

function tunnelText(tunnel) {
  const parts = [t(tunnel.state, { since: dateTime(tunnel.since) }), tunnel.url];
  if (tunnel.proxy) parts.push(t("byProxy", { proxy: tunnel.proxy }));
  if (tunnel.roundTripMs !== null) parts.push(t("roundTrip", { ms: decimal(tunnel.roundTripMs) }));
  return parts.join(", ");
}

function uciLine(uci) {
  if (!uci.enabled) return ["warn", t("switchedOff")];
  if (uci.reachable === null) return ["none", t("asking", { url: uci.url })];
  const version = (uci.serverVersion ? `, STARFACE ${uci.serverVersion}` : "") + (uci.signIn?.by === "oauth" ? ", OAuth" : "");
  return [uci.warning ? "warn" : uci.reachable ? "good" : "bad", t(uci.reachable ? "reachable" : "notReachable", { url: uci.url }) + version];
}

// [title, mark, text, error] for each line. Each title is there once; one that has nothing to say may be missing.
function statusLines(status) {
  const { tunnel, registration, uci, license, seats, sessions } = status;
  const users = license.everybodyNamed ? t("everybody") : t("named", { count: license.named }) + (license.byPbx ? `, ${t("byPbx")}` : "");
  return [
    [t("tunnel"), tunnel.state === "connected" ? "good" : "bad", tunnelText(tunnel), tunnel.error],
    [t("registration"), registration.registered && !registration.error ? "good" : "bad",
      registration.registered ? t("registered", { name: registration.name }) : t("notRegistered"), registration.error],
    [t("key"), status.key ? "good" : "bad", keyText(status.key)],
    [t("uci"), ...uciLine(uci), uci.error ?? uci.warning],
    [t("license"), license.error || license.warning || license.endsSoon ? "warn" : "good",
      `${users}, ${t("floating", { count: license.licenses })}${license.endsSoon ? `, ${t("endsSoon", { until: day(license.until) })}` : ""}`, license.error ?? license.warning],
    [t("seats"), seats.most > 0 && seats.taken >= seats.most ? "warn" : "good", t("seatsTaken", seats)],
    [t("sessions"), "good", t("sessionsOpen", sessions)],
    ...(status.monitoring?.error ? [[t("monitoring"), "warn", t("notOpen"), status.monitoring.error]] : []),
  ];
}

function valueOf([, kind, text, error]) {
  const why = error ? [" – ", ...explained(error)] : [];
  return el("dd", {}, el("span", { class: `mark ${kind}`, text: marks[kind] }), text, ...why);
}

// Touches only the lines that are others than before: somebody may be marking one.
function lineList(list) {
  const rows = new Map(); // of each title that is shown: its elements, and what they say
  function remove(title) {
    rows.get(title).term.remove();
    rows.get(title).value.remove();
    rows.delete(title);
  }
  return (lines) => {
    if (rows.size === 0) list.replaceChildren();
    const titles = new Set(lines.map(([title]) => title));
    for (const title of [...rows.keys()]) if (!titles.has(title)) remove(title);
    let above = null; // the end of the line before
    for (const line of lines) {
      const [title] = line;
      const says = JSON.stringify(line);
      const row = rows.get(title) ?? { term: el("dt", { text: title }), value: el("dd"), says: null };
      if (!rows.has(title)) {
        if (above) above.after(row.term, row.value); else list.prepend(row.term, row.value);
        rows.set(title, row);
      }
      if (row.says !== says) {
        const value = valueOf(line);
        row.value.replaceWith(value);
        Object.assign(row, { value, says });
      }
      above = row.value;
    }
  };
}

export function statusList() {
  const list = el("dl", { class: "status", id: "status" }, el("dt", { text: t("loading") }));
  const health = el("span", { class: "mark none", id: "health", text: "…" });
  const paintLines = lineList(list);

  // The PBX may take its time to answer a first question; until then nobody knows.
  function healthOf({ status, isStale }) {
    if (isStale) return ["none", t("unknown")];
    const isKnown = status !== null && (!status.uci.enabled || status.uci.reachable !== null);
    return isKnown ? [kinds[status.health], t(status.health)] : ["none", "…"];
  }

  return {
    parts: [el("h2", {}, t("status"), " ", health), list],
    paint(state) {
      const [kind, word] = healthOf(state);
      setText(health, word);
      health.className = `mark ${kind}`;
      list.classList.toggle("stale", state.isStale);
      if (state.status !== null) paintLines(statusLines(state.status));
    },
  };
}
