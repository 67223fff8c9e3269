// Grundeinstellungen: name, key, key file, UCI connection, and how everything is.

import { ask, connection } from "./api.js";
import { confirmed, el, message } from "./dom.js";
import { explained } from "./failure.js";
import { notices } from "./notices.js";
import { dateTime, day, decimal, spoken, t } from "./texts.js";

const kRefreshMs = 5000;
const kNameWrong = ["settings.bad-value", "settings.missing"]; // of the only value that is typed in here
const kNothing = "nothing has changed"; // as the agent says it
const marks = { good: "✓", warn: "!", bad: "✗", none: "–" };

// What was changed and not saved yet outlives the tab. key: what becomes of the old one when a new one is made, "86400",
// "604800" (seconds) or "revoke"; "first" where there is none yet.
const draft = { name: null, key: null };
export function isUnsaved() { return draft.name !== null || draft.key !== null; }
export function forget() { Object.assign(draft, { name: null, key: null }); }

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
  const version = uci.serverVersion ? `, STARFACE ${uci.serverVersion}` : "";
  return [uci.warning ? "warn" : uci.reachable ? "good" : "bad", t(uci.reachable ? "reachable" : "notReachable", { url: uci.url }) + version];
}

// [title, mark, text, error] for each line.
function statusLines(status) {
  const { tunnel, registration, uci, license, seats, sessions } = status;
  const users = license.everybodyNamed ? t("everybody") : t("named", { count: license.named });
  return [
    [t("tunnel"), tunnel.state === "connected" ? "good" : "bad", tunnelText(tunnel), tunnel.error],
    [t("registration"), registration.registered && !registration.error ? "good" : "bad",
      registration.registered ? t("registered", { name: registration.name }) : t("notRegistered"), registration.error],
    [t("key"), status.key ? "good" : "bad", keyText(status.key)],
    [t("uci"), ...uciLine(uci), uci.error ?? uci.warning],
    [t("license"), license.error || license.endsSoon ? "warn" : "good",
      `${users}, ${t("floating", { count: license.licenses })}${license.endsSoon ? `, ${t("endsSoon", { until: day(license.until) })}` : ""}`, license.error],
    [t("seats"), seats.most > 0 && seats.taken >= seats.most ? "warn" : "good", t("seatsTaken", seats)],
    [t("sessions"), "good", t("sessionsOpen", sessions)],
    ...(status.monitoring?.error ? [[t("monitoring"), "warn", t("notOpen"), status.monitoring.error]] : []),
  ];
}

// Only the lines that are others than before: somebody may be marking one.
function statusList() {
  const list = el("dl", { class: "status", id: "status" }, el("dt", { text: t("loading") }));
  let painted = [];
  return {
    list,
    paint(lines) {
      if (painted.length === 0) list.replaceChildren();
      lines.forEach(([title, kind, text, error], at) => {
        if (JSON.stringify(painted[at]) === JSON.stringify(lines[at])) return;
        const why = error ? [" – ", ...explained(error)] : [];
        const value = el("dd", {}, el("span", { class: `mark ${kind}`, text: marks[kind] }), text, ...why);
        if (painted[at]) list.querySelectorAll("dd")[at].replaceWith(value);
        else list.append(el("dt", { text: title }), value);
      });
      painted = lines;
    },
  };
}

export function show(panel) {
  let saved = null; // the settings as they are in force
  let shownName = null; // null: the field has to be filled anew, with the name as it is in force
  let shownKey = null;
  let gone = false;
  let saving = false; // what is under way is not asked for twice
  let status = null;
  let uciKnown = null; // what was known of the PBX when it was last asked
  let asking = false;
  let paintedOlder = "";

  const notice = notices("settings-notice");
  const name = el("input", { type: "text", id: "name", maxlength: "120", autocomplete: "off", spellcheck: "false", "aria-describedby": "name-hint", oninput: typed });
  const key = el("output", { id: "key", class: "key", "aria-live": "off", "aria-describedby": "key-hint" });
  const showKey = el("button", { type: "button", id: "show-key", "aria-pressed": "false", disabled: true, text: t("show"), onclick: toggleKey });
  const copyKey = el("button", { type: "button", id: "copy-key", disabled: true, text: t("copy"), "aria-label": t("copyKey"), onclick: copyTheKey });
  const newKey = el("button", { type: "button", id: "new-key", disabled: true, text: t("newKey"), onclick: prepareKey });
  const fateText = el("legend");
  const fates = el("div", {}, ...[["86400", "keepDay"], ["604800", "keepWeek"], ["revoke", "revoke"]].map(([value, text]) =>
    el("label", { class: "choice" }, el("input", { type: "radio", name: "fate", value, onchange: () => { draft.key = value; } }), el("span", { text: t(text) }))));
  const noNewKey = el("button", { type: "button", class: "quiet", id: "no-new-key", text: t("noNewKey"), onclick: dropKey });
  const fate = el("fieldset", { id: "fate", hidden: true }, fateText, fates, noNewKey);
  const older = el("ul", { id: "older-keys" });
  const endOlder = el("button", { type: "button", class: "danger", id: "end-older", text: t("endOlder"), onclick: endOlderKeys });
  const olderKeys = el("div", { class: "older", hidden: true }, el("p", { text: t("olderKeys") }), older, endOlder);
  const save = el("button", { type: "submit", class: "main", id: "save", disabled: true, text: t("save") });
  const unsaved = el("span", { class: "hint", id: "unsaved", role: "status" });
  const download = el("button", { type: "button", id: "download", disabled: true, text: t("download"), "aria-describedby": "download-hint", onclick: downloadKeyFile });
  const downloadHint = el("p", { class: "hint", id: "download-hint", text: t("loading") });
  const activate = el("button", { type: "button", id: "uci-activate", disabled: true, text: t("uciActivate"), onclick: activateUci });
  const off = el("button", { type: "button", class: "danger", id: "uci-off", disabled: true, text: t("uciOffButton"), onclick: switchUciOff });
  const lines = statusList();
  const health = el("span", { class: "mark none", id: "health", text: "…" });
  const readOnly = el("div", { id: "read-only" });
  const uciOff = el("div", { id: "uci-state" });

  panel.append(
    el("h2", {}, t("status"), " ", health), lines.list, notice.place, readOnly,
    el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); saveAll(); } },
      el("div", { class: "field" }, el("label", { for: "name", text: t("name") }), name,
        el("p", { class: "hint", id: "name-hint", text: t("nameHint") })),
      el("div", { class: "field wide" }, el("label", { for: "key", text: t("keyLabel") }),
        key, el("div", { class: "row" }, showKey, copyKey, newKey),
        el("p", { class: "hint", id: "key-hint", text: t("keyHint") }), fate, olderKeys),
      el("div", { class: "row" }, save, unsaved)),
    el("h3", { text: t("download") }),
    download, downloadHint,
    el("h3", { text: t("uci") }), uciOff,
    el("div", { class: "row" }, activate, off));

  // --- what is shown ---

  function setText(element, text) { if (element.textContent !== text) element.textContent = text; }

  function paint() {
    const hasKey = Boolean(status && status.key);
    setText(unsaved, isUnsaved() ? t("unsaved") : "");
    save.disabled = saved === null || saving;
    newKey.disabled = status === null;
    showKey.disabled = !hasKey;
    copyKey.disabled = !hasKey;
    setText(showKey, t(shownKey === null ? "show" : "hide"));
    showKey.setAttribute("aria-pressed", String(shownKey !== null));
    setText(key, shownKey ?? (status === null ? t("loading") : hasKey ? "•••• •••• •••• ••••" : t("noKey")));
    download.disabled = isUnsaved() || !hasKey;
    setText(downloadHint, t(status === null ? "loading" : isUnsaved() ? "downloadSaveFirst" : hasKey ? "downloadHint" : "noKey"));
    if (status !== null) paintKeys(hasKey);
    if (saved !== null) paintSettings();
  }

  function paintKeys(hasKey) {
    // Somebody may have made a key, or the first one, by the command meanwhile.
    if (draft.key !== null) draft.key = !hasKey ? "first" : draft.key === "first" ? "86400" : draft.key;
    fate.hidden = draft.key === null;
    fates.hidden = !hasKey;
    setText(fateText, t(hasKey ? "newKeyPending" : "firstKeyPending"));
    for (const choice of fates.querySelectorAll("input")) choice.checked = choice.value === draft.key;
    const good = hasKey ? status.key.older : [];
    olderKeys.hidden = good.length === 0;
    const texts = good.map(({ id, expires }) => t("alsoGood", { id, expires: dateTime(expires) }));
    if (texts.join() === paintedOlder) return;
    paintedOlder = texts.join();
    older.replaceChildren(...texts.map((text) => el("li", { text })));
  }

  function paintSettings() {
    setText(document.getElementById("system"), saved.name);
    if (draft.name === null && shownName !== saved.name) name.value = shownName = saved.name;
    name.readOnly = !saved.writable;
    off.hidden = !saved.uciEnabled;
    off.disabled = !saved.writable;
    activate.disabled = !saved.writable && !saved.uciEnabled;
    if (saved.writable) readOnly.replaceChildren();
    else if (!readOnly.firstChild) readOnly.append(message("warn", t("readOnly", { file: saved.file })));
    if (saved.uciEnabled) uciOff.replaceChildren();
    else if (!uciOff.firstChild) uciOff.append(message("warn", t("uciOff")));
  }

  // `quick`: the PBX was not asked; what it said last stands as long as it is about the same.
  function takeStatus(news, quick) {
    status = news;
    const { uci } = status;
    if (!quick || uci.reachable !== null || !uci.enabled) uciKnown = { url: uci.url, reachable: uci.reachable, error: uci.error, warning: uci.warning };
    const isUnknown = uci.enabled && uci.reachable === null;
    if (isUnknown && uciKnown?.url === uci.url && uciKnown.reachable !== null) {
      Object.assign(uci, uciKnown);
      if (!uci.reachable) status.health = "critical";
    }
    const isKnown = !uci.enabled || uci.reachable !== null;
    setText(health, isKnown ? t(status.health) : "…");
    health.className = `mark ${isKnown ? { well: "good", warning: "warn", critical: "bad" }[status.health] : "none"}`;
    lines.list.classList.remove("stale");
    lines.paint(statusLines(status));
    paint();
  }

  // What is shown is of before, and says so.
  function onDown() {
    setText(health, t("unknown"));
    health.className = "mark none";
    lines.list.classList.add("stale");
  }

  // --- what is asked ---

  // Everything but the PBX at once: one that hangs takes its time.
  async function load(byItself = false) {
    try {
      saved = await ask("settings", {}, { byItself });
      if (gone) return;
      paint();
      takeStatus(await ask("status", { quick: true }, { byItself }), true);
      await refresh(byItself);
    } catch (error) { if (!gone) notice.refuseByItself(error); }
  }

  async function refresh(byItself) {
    const news = await ask("status", {}, { byItself });
    if (gone) return;
    notice.answeredByItself();
    takeStatus(news, false);
  }

  async function look() {
    if (asking) return;
    asking = true;
    try {
      if (saved === null) await load(true); else await refresh(true);
    } catch (error) {
      if (!gone) notice.refuseByItself(error);
    } finally { asking = false; }
  }

  // --- what is done ---

  function typed() {
    draft.name = saved !== null && name.value.trim() === saved.name ? null : name.value;
    name.removeAttribute("aria-invalid");
    paint();
  }

  async function toggleKey() {
    try {
      shownKey = shownKey === null ? (await ask("key-show")).key : null;
      paint();
    } catch (error) { notice.refuse(error); }
  }

  async function copyTheKey() {
    try {
      const text = (await ask("key-show")).key;
      if (gone) return;
      // A browser may refuse, for example without a permission: then the key is shown and marked.
      const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
      if (copied) { notice.tell("good", t("copied")); return; }
      shownKey = text;
      paint();
      getSelection().selectAllChildren(key);
      notice.tell("warn", t("copyByHand"));
    } catch (error) { notice.refuse(error); }
  }

  function prepareKey() {
    draft.key = status.key ? "86400" : "first";
    paint();
    (status.key ? fates.querySelector("input") : noNewKey).focus();
  }

  function dropKey() {
    draft.key = null;
    paint();
    newKey.focus();
  }

  async function saveName(done) {
    if (draft.name === null) return;
    const asked = draft.name;
    const { changes } = await ask("settings-save", { name: asked.trim() });
    if (draft.name === asked) draft.name = shownName = null; // otherwise it was typed on meanwhile
    done.push(...changes.filter((change) => change !== kNothing).map((change) => spoken([[change]])));
  }

  async function saveKey(done) {
    if (draft.key === null) return;
    const old = { first: {}, revoke: { revoke: true } }[draft.key] ?? { grace: Number(draft.key) };
    const { id } = await ask("key-new", old);
    draft.key = null;
    shownKey = null;
    done.push(`${t("key")}: ${id}`);
  }

  // Another name cuts off every user until there is a new key file: one letter and Enter must not do that.
  async function mayRename() {
    const to = draft.name?.trim() ?? "";
    if (to === "" || saved.name === "" || to.toLowerCase() === saved.name) return true;
    return confirmed(t("renameQuestion", { from: saved.name, to }), t("rename"), t("no"));
  }

  async function saveAll() {
    if (saving) return;
    if (!isUnsaved()) { notice.tell("warn", t("nothingChanged")); return; }
    saving = true;
    save.disabled = true;
    if (!(await mayRename())) {
      saving = false;
      paint();
      name.focus();
      return;
    }
    const done = [];
    let refused = null;
    try {
      await saveName(done);
      name.removeAttribute("aria-invalid");
      await saveKey(done);
    } catch (error) { refused = error; } finally { saving = false; }
    if (gone) return;
    const isNameWrong = refused !== null && draft.name !== null;
    if (done.length > 0) notice.tell("good", t("savedChanges", { changes: done.join("; ") }));
    else if (refused === null) notice.tell("warn", t("nothingChanged"));
    if (refused !== null) {
      const left = [isNameWrong ? t("name") : null, draft.key !== null ? t("key") : null].filter(Boolean).join(", ");
      const words = isNameWrong && kNameWrong.includes(refused.code) ? t("nameWrong") : undefined;
      notice.refuse(refused, { intro: t("notSaved", { what: left }), words, beside: done.length > 0 });
      if (isNameWrong) { name.setAttribute("aria-invalid", "true"); name.focus({ preventScroll: true }); }
    }
    // Whatever came about, the page shows how it is now: the name as it was saved, too.
    paint();
    await load();
  }

  async function endOlderKeys() {
    if (!(await confirmed(t("endOlderQuestion"), t("yes"), t("no")))) return;
    try {
      await ask("key-revoke");
      notice.tell("good", t("olderEnded"));
    } catch (error) { notice.refuse(error); }
    await load();
    if (olderKeys.hidden) newKey.focus();
  }

  async function downloadKeyFile() {
    try {
      const file = await ask("key-file");
      const url = URL.createObjectURL(new Blob([file.content], { type: "application/json" }));
      el("a", { href: url, download: file.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    } catch (error) { notice.refuse(error); }
  }

  async function activateUci() {
    if (status && status.uci.enabled && status.sessions.users > 0 && !(await confirmed(t("uciQuestion"), t("yes"), t("no")))) return;
    try {
      if (saved.uciEnabled) await ask("uci-renew"); else await ask("settings-save", { uciEnabled: true });
      notice.tell("good", t("uciDone"));
    } catch (error) { notice.refuse(error); }
    await load();
  }

  async function switchUciOff() {
    if (!(await confirmed(t("uciOffQuestion"), t("yes"), t("no")))) return;
    try {
      await ask("settings-save", { uciEnabled: false });
      notice.tell("good", t("uciOffDone"));
    } catch (error) { notice.refuse(error); }
    await load();
    if (off.hidden) activate.focus();
  }

  if (draft.name !== null) name.value = draft.name;
  paint();
  load();
  const timer = setInterval(look, kRefreshMs);
  const onUp = () => look();
  connection.addEventListener("down", onDown);
  connection.addEventListener("up", onUp);
  return () => {
    gone = true;
    shownKey = null;
    clearInterval(timer);
    connection.removeEventListener("down", onDown);
    connection.removeEventListener("up", onUp);
  };
}
