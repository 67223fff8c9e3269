// Grundeinstellungen: name, key, key file, UCI connection, and how everything is.

import { ask } from "./api.js";
import { announce, confirmed, el, message } from "./dom.js";
import { explained, failure } from "./failure.js";
import { dateTime, spoken, t } from "./texts.js";

const kRefreshMs = 5000;

function mark(kind, text) { return el("span", { class: `mark ${kind}`, text }); }

function line(title, kind, text, error) {
  const why = error ? ` – ${explained(error)}` : "";
  return [el("dt", { text: title }), el("dd", {}, mark(kind, { good: "✓", warn: "!", bad: "✗", none: "–" }[kind]), text + why)];
}

function keyText(key) {
  if (!key) return t("noKey");
  let text = t("madeOn", { id: key.id, created: dateTime(key.created) });
  for (const older of key.older ?? []) text += t("alsoGood", { id: older.id, expires: dateTime(older.expires) });
  return text;
}

function tunnelText(tunnel) {
  const parts = [t(tunnel.state, { since: dateTime(tunnel.since) }), tunnel.url];
  if (tunnel.proxy) parts.push(t("byProxy", { proxy: tunnel.proxy }));
  if (tunnel.roundTripMs !== null) parts.push(t("roundTrip", { ms: tunnel.roundTripMs.toFixed(1) }));
  return parts.join(", ");
}

function statusLines(status) {
  const { tunnel, registration, uci, license, seats, sessions } = status;
  const uciText = uci.enabled ? t(uci.reachable ? "reachable" : "notReachable", { url: uci.url }) : t("switchedOff");
  const version = uci.serverVersion ? `, STARFACE ${uci.serverVersion}` : "";
  const users = license.everybodyNamed ? t("everybody") : t("named", { count: license.named });
  return [
    line(t("tunnel"), tunnel.state === "connected" ? "good" : "bad", tunnelText(tunnel), tunnel.error),
    line(t("registration"), registration.registered ? "good" : "bad",
      registration.registered ? t("registered", { name: registration.name }) : t("notRegistered")),
    line(t("key"), status.key ? "good" : "bad", keyText(status.key)),
    line(t("uci"), !uci.enabled ? "warn" : uci.reachable ? "good" : "bad", uciText + version, uci.error),
    line(t("license"), license.error ? "warn" : "good", `${users}, ${t("floating", { count: license.licenses })}`, license.error),
    line(t("seats"), seats.most > 0 && seats.taken >= seats.most ? "warn" : "good", t("seatsTaken", seats)),
    line(t("sessions"), "good", t("sessionsOpen", sessions)),
  ].flat();
}

export function show(panel) {
  let saved = null; // the settings as they are in force
  let pendingKey = null; // "86400", "604800" or "revoke"
  let shownKey = null;
  let gone = false;
  let status = null;

  const notice = el("div", { id: "settings-notice" });
  const name = el("input", { type: "text", id: "name", maxlength: "120", autocomplete: "off", spellcheck: "false", "aria-describedby": "name-hint", oninput: changed });
  const key = el("input", { type: "text", id: "key", readonly: true, "aria-describedby": "key-hint" });
  const showKey = el("button", { type: "button", id: "show-key", "aria-pressed": "false", onclick: toggleKey });
  const newKey = el("button", { type: "button", id: "new-key", text: t("newKey"), onclick: prepareKey });
  const fate = el("fieldset", { id: "fate", hidden: true },
    el("legend", { text: t("newKeyPending") }),
    ...[["86400", "keepDay"], ["604800", "keepWeek"], ["revoke", "revoke"]].map(([value, text]) =>
      el("label", { class: "choice" }, el("input", { type: "radio", name: "fate", value, onchange: () => { pendingKey = value; } }), el("span", { text: t(text) }))),
    el("button", { type: "button", class: "quiet", id: "no-new-key", text: t("noNewKey"), onclick: dropKey }));
  const save = el("button", { type: "submit", class: "main", id: "save", text: t("save") });
  const unsaved = el("span", { class: "hint", id: "unsaved", role: "status" });
  const download = el("button", { type: "button", id: "download", text: t("download"), "aria-describedby": "download-hint", onclick: downloadKeyFile });
  const downloadHint = el("p", { class: "hint", id: "download-hint" });
  const activate = el("button", { type: "button", id: "uci-activate", text: t("uciActivate"), onclick: activateUci });
  const off = el("button", { type: "button", class: "danger", id: "uci-off", text: t("uciOffButton"), onclick: switchUciOff });
  const lines = el("dl", { class: "status", id: "status" });
  const health = el("span", { class: "mark none", id: "health" });
  const readOnly = el("div", { id: "read-only" });

  panel.append(
    el("h2", {}, t("status"), " ", health), lines, notice, readOnly,
    el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); saveAll(); } },
      el("div", { class: "field" }, el("label", { for: "name", text: t("name") }), name,
        el("p", { class: "hint", id: "name-hint", text: t("nameHint") })),
      el("div", { class: "field wide" }, el("label", { for: "key", text: t("keyLabel") }),
        el("div", { class: "row" }, key, showKey, newKey),
        el("p", { class: "hint", id: "key-hint", text: t("keyHint") }), fate),
      el("div", { class: "row" }, save, unsaved)),
    el("h3", { text: t("download") }),
    download, downloadHint,
    el("h3", { text: t("uci") }),
    el("div", { class: "row" }, activate, off));

  function tell(...messages) { if (!gone) notice.replaceChildren(...messages); }
  function dirty() { return pendingKey !== null || (saved !== null && name.value.trim() !== saved.name); }

  function changed() {
    const unsavedChanges = dirty();
    unsaved.textContent = unsavedChanges ? t("unsaved") : "";
    const without = !status || !status.key;
    download.disabled = unsavedChanges || without;
    downloadHint.textContent = unsavedChanges ? t("downloadSaveFirst") : without ? t("noKey") : t("downloadHint");
    name.removeAttribute("aria-invalid");
  }

  function showKeyField() {
    key.value = shownKey ?? (status && status.key ? "•••• •••• •••• ••••" : t("noKey"));
    showKey.textContent = t(shownKey ? "hide" : "show");
    showKey.setAttribute("aria-pressed", String(shownKey !== null));
    showKey.disabled = !status || !status.key;
  }

  async function toggleKey() {
    try {
      shownKey = shownKey === null ? (await ask("key-show")).key : null;
      showKeyField();
    } catch (error) { tell(failure(error)); }
  }

  function prepareKey() {
    // Without a key there is no old one to be asked about.
    if (!status || !status.key) { pendingKey = "first"; changed(); return; }
    fate.hidden = false;
    pendingKey = "86400";
    const first = fate.querySelector("input");
    first.checked = true;
    first.focus();
    changed();
  }

  function dropKey() {
    pendingKey = null;
    fate.hidden = true;
    changed();
    newKey.focus();
  }

  async function saveAll() {
    if (!dirty()) { tell(message("warn", t("nothingChanged"))); return; }
    save.disabled = true;
    try {
      const done = [];
      if (name.value.trim() !== saved.name) done.push(...(await ask("settings-save", { name: name.value.trim() })).changes);
      if (pendingKey !== null) {
        const old = { first: {}, revoke: { revoke: true } }[pendingKey] ?? { grace: Number(pendingKey) };
        done.push(`${t("key")}: ${(await ask("key-new", old)).id}`);
      }
      pendingKey = null;
      shownKey = null;
      fate.hidden = true;
      tell(message("good", t("savedChanges", { changes: done.map((change) => spoken([[change]])).join("; ") })));
      announce(t("saved"));
    } catch (error) {
      tell(failure(error));
      if (name.value.trim() !== saved.name) { name.setAttribute("aria-invalid", "true"); name.focus(); }
      return;
    } finally { save.disabled = false; }
    await load();
  }

  async function downloadKeyFile() {
    try {
      const file = await ask("key-file");
      const url = URL.createObjectURL(new Blob([file.content], { type: "application/json" }));
      el("a", { href: url, download: file.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    } catch (error) { tell(failure(error)); }
  }

  async function activateUci() {
    if (status && status.uci.enabled && status.sessions.users > 0 && !(await confirmed(t("uciQuestion"), t("yes"), t("no")))) return;
    try {
      if (saved.uciEnabled) await ask("uci-renew"); else await ask("settings-save", { uciEnabled: true });
      tell(message("good", t("uciDone")));
    } catch (error) { tell(failure(error)); }
    await load();
  }

  async function switchUciOff() {
    if (!(await confirmed(t("uciOffQuestion"), t("yes"), t("no")))) return;
    try {
      await ask("settings-save", { uciEnabled: false });
      tell(message("good", t("uciOffDone")));
    } catch (error) { tell(failure(error)); }
    await load();
  }

  async function refresh() {
    status = await ask("status");
    if (gone) return;
    health.textContent = t(status.health);
    health.className = `mark ${{ well: "good", warning: "warn", critical: "bad" }[status.health]}`;
    lines.replaceChildren(...statusLines(status));
    showKeyField();
    changed();
  }

  async function load() {
    try {
      const before = saved;
      saved = await ask("settings");
      if (gone) return;
      document.getElementById("system").textContent = saved.name;
      if (before === null || name.value.trim() === before.name || !dirty()) name.value = saved.name;
      name.readOnly = !saved.writable;
      off.hidden = !saved.uciEnabled;
      off.disabled = !saved.writable;
      activate.disabled = !saved.writable && !saved.uciEnabled;
      readOnly.replaceChildren(...(saved.writable ? [] : [message("warn", t("readOnly", { file: saved.file }))]));
      await refresh();
    } catch (error) { tell(failure(error)); }
  }

  load();
  const timer = setInterval(() => refresh().catch((error) => tell(failure(error))), kRefreshMs);
  return () => { gone = true; clearInterval(timer); shownKey = null; };
}
