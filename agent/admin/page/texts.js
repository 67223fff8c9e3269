// Every word of the page, in both languages. tests/agent/admin compares the keys.

import { inGerman, isTranslated } from "./german.js";

const texts = {
  en: {
    language: "Deutsch",
    languageLabel: "Deutsch – show this page in German",
    signOut: "Sign out",
    signedOutTitle: "Sign in",
    signedOut: "You sign in with a link that works once, for five minutes. Make it on the PBX's host, as root:",
    signedOutHere: "Open the link in this browser. From another computer, forward the port first:",
    badLink: "This link does not sign you in: it was used already or is older than five minutes. Make a new one.",
    sessionOver: "Your session is over: the page was not used for half an hour, eight hours have passed since you signed in, the agent was restarted, or another link was opened in this browser. Make a new link.",
    noAnswer: "The agent does not answer. Is it running, and is the port still forwarded? This page tries again by itself.",
    answersAgain: "The agent answers again.",
    unexpected: "The agent gave an answer that this page does not understand.",
    byButton: "On this page: “{button}” under “{tab}”.",
    tabs: "Areas",
    tabSettings: "Basic settings",
    tabLicenses: "Licences",
    tabSessions: "Sessions",
    tabDiagnosis: "Diagnosis",
    tabLog: "Log",
    status: "Status",
    well: "OK", warning: "warning", critical: "critical", unknown: "unknown", loading: "loading …",
    tunnel: "Tunnel", registration: "Registration", key: "System key", uci: "UCI connection",
    license: "Licence", seats: "Seats", sessions: "Sessions",
    connected: "connected since {since}", connecting: "connecting", waiting: "not connected, next try soon", stopped: "stopped",
    byProxy: "through the proxy {proxy}",
    roundTrip: "round trip {ms}\u00a0ms",
    registered: "registered as {name}", notRegistered: "not registered",
    noKey: "there is none yet", madeOn: "{id}, made on {created}", alsoGood: "{id} is still valid until {expires}",
    reachable: "reachable, {url}", notReachable: "not reachable, {url}", switchedOff: "switched off", asking: "being checked, {url}",
    everybody: "all users whom the PBX lets in", named: "{count} named {count|user|users}", byPbx: "users with the right at the PBX",
    pbxRights: "Users with one of these rights at the PBX need no seat: {rights}", floating: "{count} floating {count|licence|licences}", endsSoon: "seats until {until} only",
    seatsTaken: "{taken} of {most} taken", sessionsOpen: "{open} {open|session|sessions} of {users} {users|user|users}",
    name: "System name",
    nameHint: "The connector and the users know the PBX under this name; its full host name is best. After a change, older key files no longer work.",
    keyFile: "Key file", fate: "New key",
    keyHint: "Made at random. Only those who have it can reach the sign-in of this PBX: hand it out in confidence.",
    show: "Show", hide: "Hide", copy: "Copy", copyKey: "Copy the system key", copied: "The system key was copied.",
    copyByHand: "The browser does not let this page copy. The key is marked: press Ctrl+C (⌘C).",
    newKey: "Generate new key",
    newKeyPending: "A new key will be made when you save. What should happen to the old one?",
    firstKeyPending: "There is no key yet: the first one will be made when you save.",
    keepDay: "It is valid for another 24 hours, so that users have time to change",
    keepWeek: "It is valid for another 7 days",
    revoke: "It stops working at once, and users connected with it are disconnected",
    noNewKey: "Discard: make no new key",
    olderKeys: "Older keys, for users who have not changed yet:", endOlder: "End older keys now",
    endOlderQuestion: "End the older keys now? Users connected with one of them are disconnected and need the new key file.",
    olderEnded: "The older keys have ended. Only the current one is valid.",
    renameQuestion: "Rename the system from {from} to {to}? The tunnel is dropped, every user needs a new key file, the connector's operator has to enrol the new name, and licences for the old name give no more seats.",
    rename: "Rename",
    nameWrong: "The name must be a host name: letters, digits, hyphens and dots, such as pbx.example.com.",
    original: "Message of the agent",
    save: "Save", unsaved: "There are changes that are not saved.", nothingChanged: "There is nothing to save.",
    savedChanges: "Saved: {changes}.", notSaved: "Not saved: {what}.",
    download: "Download key file",
    downloadHint: "For your users: name, key and connector in one file, to be dropped onto the sign-in window of the Teams app.",
    downloadSaveFirst: "Save first; then the key file can be downloaded.",
    readOnly: "The agent may not write {file}: name and UCI connection cannot be changed here. The system key can.",
    uciActivate: "(Re)activate the UCI connection",
    uciOff: "The UCI connection is switched off: nobody can sign in.",
    uciOffButton: "Switch the UCI connection off",
    uciOffQuestion: "Switch the UCI connection off? All users are signed out, and nobody can sign in until it is on again.",
    uciQuestion: "Restart the UCI connection? All users are signed out and have to sign in again.",
    uciDone: "The UCI connection is being restarted; users can sign in.",
    uciOffDone: "The UCI connection is switched off.",
    yes: "Yes", no: "No",
    licensesIntro: "Named users need no seat. All others take one seat of a floating licence while they are signed in.",
    enterLicense: "Enter a licence key", licenseKey: "Licence key",
    licenseHint: "The whole text of the licence file; it begins with v4.public.",
    enter: "Enter",
    entered: "The licence of {holder} with {seats} {seats|seat|seats} was entered.",
    removed: "The licence was removed.",
    remove: "Remove",
    removeQuestion: "Remove the licence {id} of {holder}? Its seats are gone then.",
    licenseTable: "Licences that were entered",
    id: "ID", holder: "Holder", systems: "Systems", from: "From", until: "Until", seatCount: "Seats", state: "State", action: "Action",
    good: "valid", noLicenses: "No licence was entered.",
    seatTable: "Seats in use ({taken} of {most})",
    user: "User", since: "Since", sessionCount: "Sessions",
    withdraw: "Withdraw",
    withdrawQuestion: "Withdraw the seat of {user}? That user is signed out.",
    withdrawn: "The seat of {user} was withdrawn.",
    noSeats: "Nobody holds a seat.",
    sessionTable: "Signed-in users",
    pbx: "PBX", pbxUp: "connected", pbxDown: "not connected", licenseKind: "Licence", seatKind: "floating", namedKind: "named",
    end: "Sign out", endQuestion: "Sign {user} out on all devices? All sessions of that user end, and the password has to be typed again.",
    ended: "{user} was signed out on all devices.",
    nobody: "Nobody is signed in.", refresh: "Refresh",
    filter: "Filter users", filtered: "{shown} of {all} users are shown.", noMatch: "No user name contains this text.",
    devices: "Devices that stay signed in",
    devicesIntro: "Here users stay signed in without the password, over a restart, too. Sign a device out when it is lost or has another owner.",
    deviceTable: "Devices by user", device: "Device", signedInSince: "Signed in since", lastUsed: "Last used", validUntil: "Valid until",
    endDevice: "Sign device out", endDeviceQuestion: "Sign {user} out on the device {device}? Its session ends, and the password has to be typed there again.",
    deviceEnded: "{user} was signed out on the device {device}.",
    endDevices: "Sign out all devices",
    noDevices: "No device stays signed in.",
    filterDevices: "Filter devices by user", devicesFiltered: "{shown} of {all} devices are shown.",
    diagnosisIntro: "Checks everything that has to work, step by step: from the configuration over the network to the connector and back to the agent, then the PBX.",
    monitoring: "Monitoring", notOpen: "not open",
    start: "Start the diagnosis", running: "The diagnosis is running …",
    findings: "{ok} OK, {warn} {warn|warning|warnings}, {fail} failed, {skip} skipped",
    checkStarted: "Started {started}.", checkEnded: "Started {started}, ended {ended}.",
    stepConfig: "Configuration", stepKey: "System key", stepState: "State files", stepLicense: "Licence", stepSignIn: "Sign-in", stepDns: "Name resolution", stepTcp: "Connection",
    stepProxy: "Proxy", stepTls: "Encryption", stepWebsocket: "Connector", stepRegistration: "Registration",
    stepRoundTrip: "Round trip", stepPorts: "Ports", stepUci: "UCI", stepAuth: "Way of signing in", stepEvents: "Events", stepVersion: "PBX version", stepHosts: "Other hosts", stepClock: "Clock",
    markOk: "OK", markWarn: "WARN", markFail: "FAIL", markSkip: "SKIP",
    logIntro: "The last lines of the agent's log. Levels debug and trace are for short analysis only.",
    level: "Level", follow: "Follow new lines", lines: "Log lines", levelSet: "The log has the level {level} until the agent is restarted or reloaded.",
  },
  de: {
    language: "English",
    languageLabel: "English – diese Seite auf Englisch anzeigen",
    signOut: "Abmelden",
    signedOutTitle: "Anmelden",
    signedOut: "Sie melden sich mit einem Link an, der einmal und fünf Minuten lang gilt. Erzeugen Sie ihn auf dem Rechner der Anlage, als root:",
    signedOutHere: "Öffnen Sie den Link in diesem Browser. Von einem anderen Rechner aus leiten Sie vorher den Port weiter:",
    badLink: "Mit diesem Link können Sie sich nicht anmelden: Er wurde schon benutzt oder ist älter als fünf Minuten. Erzeugen Sie einen neuen.",
    sessionOver: "Ihre Sitzung ist beendet: Sie haben die Seite eine halbe Stunde lang nicht benutzt, seit der Anmeldung sind acht Stunden vergangen, der Agent wurde neu gestartet, oder in diesem Browser wurde ein anderer Link geöffnet. Erzeugen Sie einen neuen Link.",
    noAnswer: "Der Agent antwortet nicht. Läuft er, und wird der Port noch weitergeleitet? Diese Seite versucht es von selbst weiter.",
    answersAgain: "Der Agent antwortet wieder.",
    unexpected: "Der Agent hat eine Antwort gesendet, die diese Seite nicht versteht.",
    byButton: "Auf dieser Seite: „{button}“ unter „{tab}“.",
    tabs: "Bereiche",
    tabSettings: "Grundeinstellungen",
    tabLicenses: "Lizenzen",
    tabSessions: "Sitzungen",
    tabDiagnosis: "Diagnose",
    tabLog: "Log",
    status: "Status",
    well: "in Ordnung", warning: "Warnung", critical: "kritisch", unknown: "unbekannt", loading: "wird geladen …",
    tunnel: "Tunnel", registration: "Registrierung", key: "Anlagenschlüssel", uci: "UCI-Verbindung",
    license: "Lizenz", seats: "Plätze", sessions: "Sitzungen",
    connected: "verbunden seit {since}", connecting: "wird aufgebaut", waiting: "nicht verbunden, nächster Versuch in Kürze", stopped: "beendet",
    byProxy: "über den Proxy {proxy}",
    roundTrip: "Antwortzeit {ms}\u00a0ms",
    registered: "registriert als {name}", notRegistered: "nicht registriert",
    noKey: "noch nicht vorhanden", madeOn: "{id}, erzeugt am {created}", alsoGood: "{id} gilt noch bis {expires}",
    reachable: "erreichbar, {url}", notReachable: "nicht erreichbar, {url}", switchedOff: "abgeschaltet", asking: "wird geprüft, {url}",
    everybody: "alle Benutzer, die sich an der Anlage anmelden dürfen", named: "{count} {count|benannter|benannte} Benutzer", byPbx: "Benutzer mit dem Recht an der Anlage",
    pbxRights: "Benutzer mit einem dieser Rechte an der Anlage brauchen keinen Platz: {rights}", floating: "{count} {count|Floating-Lizenz|Floating-Lizenzen}", endsSoon: "Plätze nur bis {until}",
    seatsTaken: "{taken} von {most} belegt", sessionsOpen: "{open} {open|Sitzung|Sitzungen} von {users} {users|Benutzer|Benutzern}",
    name: "Name der Anlage",
    nameHint: "Unter diesem Namen kennen der Cloud-Connector und die Benutzer die Anlage; am besten ist es der vollständige Hostname (FQDN). Nach einer Änderung sind ältere Schlüsseldateien unbrauchbar.",
    keyFile: "Schlüsseldatei", fate: "Neuer Schlüssel",
    keyHint: "Wird zufällig erzeugt. Nur wer ihn hat, kann sich an dieser Anlage anmelden: Geben Sie ihn vertraulich weiter.",
    show: "Anzeigen", hide: "Verbergen", copy: "Kopieren", copyKey: "Anlagenschlüssel kopieren", copied: "Der Anlagenschlüssel wurde kopiert.",
    copyByHand: "Der Browser erlaubt dieser Seite das Kopieren nicht. Der Anlagenschlüssel ist markiert: Drücken Sie Strg+C (⌘C).",
    newKey: "Neuen Schlüssel erzeugen",
    newKeyPending: "Beim Speichern wird ein neuer Schlüssel erzeugt. Was soll mit dem alten geschehen?",
    firstKeyPending: "Es gibt noch keinen Anlagenschlüssel: Der erste wird beim Speichern erzeugt.",
    keepDay: "Er gilt noch 24 Stunden, damit die Benutzer Zeit zum Wechseln haben",
    keepWeek: "Er gilt noch 7 Tage",
    revoke: "Er wird sofort ungültig; wer mit ihm verbunden ist, wird getrennt",
    noNewKey: "Verwerfen: keinen neuen Schlüssel erzeugen",
    olderKeys: "Ältere Schlüssel für Benutzer, die noch nicht gewechselt haben:", endOlder: "Ältere Schlüssel ungültig machen",
    endOlderQuestion: "Die älteren Schlüssel jetzt ungültig machen? Wer mit einem von ihnen verbunden ist, wird getrennt und braucht die neue Schlüsseldatei.",
    olderEnded: "Die älteren Schlüssel sind ungültig. Es gilt nur noch der aktuelle.",
    renameQuestion: "Die Anlage von {from} in {to} umbenennen? Der Tunnel wird getrennt, alle Benutzer brauchen eine neue Schlüsseldatei, der Betreiber des Cloud-Connectors muss den neuen Namen eintragen, und Lizenzen für den alten Namen bieten keine Plätze mehr.",
    rename: "Umbenennen",
    nameWrong: "Der Name muss ein Hostname sein: Buchstaben, Ziffern, Bindestriche und Punkte, zum Beispiel pbx.example.com.",
    original: "Meldung des Agenten (englisch)",
    save: "Speichern", unsaved: "Es gibt Änderungen, die noch nicht gespeichert sind.", nothingChanged: "Es gibt nichts zu speichern.",
    savedChanges: "Gespeichert: {changes}.", notSaved: "Nicht gespeichert: {what}.",
    download: "Schlüsseldatei herunterladen",
    downloadHint: "Für Ihre Benutzer: Name, Anlagenschlüssel und Cloud-Connector in einer Datei, die auf das Anmeldefenster der Teams-App gezogen wird.",
    downloadSaveFirst: "Speichern Sie zuerst; danach können Sie die Schlüsseldatei herunterladen.",
    readOnly: "Der Agent hat kein Schreibrecht für {file}: Name und UCI-Verbindung lassen sich hier nicht ändern, der Anlagenschlüssel schon.",
    uciActivate: "UCI-Verbindung (re-)aktivieren",
    uciOff: "Die UCI-Verbindung ist abgeschaltet: Niemand kann sich anmelden.",
    uciOffButton: "UCI-Verbindung abschalten",
    uciOffQuestion: "Die UCI-Verbindung abschalten? Alle Benutzer werden abgemeldet, und niemand kann sich anmelden, bis sie wieder eingeschaltet ist.",
    uciQuestion: "Die UCI-Verbindung neu aufbauen? Alle Benutzer werden abgemeldet und müssen sich neu anmelden.",
    uciDone: "Die UCI-Verbindung wird neu aufgebaut; Benutzer können sich anmelden.",
    uciOffDone: "Die UCI-Verbindung ist abgeschaltet.",
    yes: "Ja", no: "Nein",
    licensesIntro: "Benannte Benutzer brauchen keinen Platz. Alle anderen belegen, solange sie angemeldet sind, einen Platz einer Floating-Lizenz.",
    enterLicense: "Lizenzschlüssel eintragen", licenseKey: "Lizenzschlüssel",
    licenseHint: "Der vollständige Text der Lizenzdatei; er beginnt mit v4.public.",
    enter: "Eintragen",
    entered: "Die Lizenz von {holder} mit {seats} {seats|Platz|Plätzen} wurde eingetragen.",
    removed: "Die Lizenz wurde entfernt.",
    remove: "Entfernen",
    removeQuestion: "Die Lizenz {id} von {holder} entfernen? Ihre Plätze entfallen dann.",
    licenseTable: "Eingetragene Lizenzen",
    id: "ID", holder: "Inhaber", systems: "Anlagen", from: "Von", until: "Bis", seatCount: "Plätze", state: "Zustand", action: "Aktion",
    good: "gültig", noLicenses: "Es ist keine Lizenz eingetragen.",
    seatTable: "Belegte Plätze ({taken} von {most})",
    user: "Benutzer", since: "Seit", sessionCount: "Sitzungen",
    withdraw: "Entziehen",
    withdrawQuestion: "{user} den Platz entziehen? Der Benutzer wird abgemeldet.",
    withdrawn: "{user} wurde der Platz entzogen.",
    noSeats: "Niemand belegt einen Platz.",
    sessionTable: "Angemeldete Benutzer",
    pbx: "Anlage", pbxUp: "verbunden", pbxDown: "nicht verbunden", licenseKind: "Lizenz", seatKind: "Floating", namedKind: "benannt",
    end: "Abmelden", endQuestion: "{user} auf allen Geräten abmelden? Alle Sitzungen des Benutzers enden, und das Passwort muss neu eingegeben werden.",
    ended: "{user} wurde auf allen Geräten abgemeldet.",
    nobody: "Niemand ist angemeldet.", refresh: "Aktualisieren",
    filter: "Benutzer filtern", filtered: "{shown} von {all} Benutzern angezeigt.", noMatch: "Kein Benutzername enthält diesen Text.",
    devices: "Geräte, die angemeldet bleiben",
    devicesIntro: "Hier bleiben Benutzer ohne Passwort angemeldet, auch über einen Neustart hinweg. Melden Sie ein Gerät ab, wenn es verloren ist oder den Besitzer wechselt.",
    deviceTable: "Geräte nach Benutzern", device: "Gerät", signedInSince: "Angemeldet seit", lastUsed: "Zuletzt benutzt", validUntil: "Gültig bis",
    endDevice: "Gerät abmelden", endDeviceQuestion: "{user} auf dem Gerät {device} abmelden? Die Sitzung dort endet, und das Passwort muss dort neu eingegeben werden.",
    deviceEnded: "{user} wurde auf dem Gerät {device} abgemeldet.",
    endDevices: "Alle Geräte abmelden",
    noDevices: "Kein Gerät bleibt angemeldet.",
    filterDevices: "Geräte nach Benutzer filtern", devicesFiltered: "{shown} von {all} Geräten angezeigt.",
    diagnosisIntro: "Prüft der Reihe nach alles, was funktionieren muss: von der Konfiguration über das Netz zum Cloud-Connector und zurück zum Agenten, danach die Anlage.",
    monitoring: "Überwachung", notOpen: "nicht geöffnet",
    start: "Diagnose starten", running: "Die Diagnose läuft …",
    findings: "{ok} in Ordnung, {warn} {warn|Warnung|Warnungen}, {fail} fehlgeschlagen, {skip} übersprungen",
    checkStarted: "Begonnen: {started}.", checkEnded: "Begonnen: {started}, beendet: {ended}.",
    stepConfig: "Konfiguration", stepKey: "Anlagenschlüssel", stepState: "Zustandsdateien", stepLicense: "Lizenz", stepSignIn: "Anmeldung", stepDns: "Namensauflösung", stepTcp: "Netzverbindung",
    stepProxy: "Proxy", stepTls: "Verschlüsselung", stepWebsocket: "Cloud-Connector", stepRegistration: "Registrierung",
    stepRoundTrip: "Hin- und Rückweg", stepPorts: "Ports", stepUci: "UCI", stepAuth: "Anmeldeverfahren", stepEvents: "Ereignisse", stepVersion: "Version der Anlage", stepHosts: "Weitere Hosts", stepClock: "Uhr",
    markOk: "OK", markWarn: "WARNUNG", markFail: "FEHLER", markSkip: "–",
    logIntro: "Die letzten Zeilen aus dem Log des Agenten. Die Stufen debug und trace sind nur für kurze Analysen gedacht.",
    level: "Stufe", follow: "Neuen Zeilen folgen", lines: "Logzeilen", levelSet: "Das Log hat die Stufe {level}, bis der Agent neu gestartet wird oder seine Konfiguration neu lädt.",
  },
};

let language = localStorage.getItem("language");
if (!(language in texts)) language = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";

export function currentLanguage() { return language; }

export function switchLanguage() {
  language = language === "de" ? "en" : "de";
  localStorage.setItem("language", language);
}

// {name} is a value; {name|one|many} the word that goes with it.
export function t(key, values = {}) {
  return texts[language][key].replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
    if (!(name in values)) return whole;
    if (one === undefined) return String(values[name]);
    return values[name] === 1 ? one : many;
  });
}

// A sentence of the agent: [[pattern, value for {0}, value for {1}, …], …].
export function spoken(parts) {
  return parts.map(([pattern, ...values]) =>
    (language === "de" ? inGerman(pattern) : pattern).replace(/\{(\d)\}(?:( ms| s| min| h)\b)?/g, (whole, at, unit = "") =>
      values[at] === undefined ? whole : localized(values[at], unit) + unbroken(unit))).join("");
}

function unbroken(unit) { return unit.replace(" ", "\u00a0"); }

// Whether spoken() has no English left in it.
export function isAllTranslated(parts) {
  return language !== "de" || parts.every(([pattern]) => isTranslated(pattern));
}

function locale() { return language === "de" ? "de-DE" : "en-GB"; }

function time(text, style) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text ?? "";
  return date.toLocaleString(locale(), { dateStyle: "medium", ...style });
}

// What the agent puts into its sentences: moments and days (ISO 8601), and numbers that a unit follows, in the same line.
// Everything else, such as a version or an address, stays as it is.
function localized(value, unit) {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return exactTime(value);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return day(value);
  const [, number, own] = /^(\d+(?:\.\d+)?)( ms| s)?$/.exec(value) ?? [];
  if (!number || !(unit || own)) return value;
  return (number.includes(".") ? decimal(Number(number)) : number) + unbroken(own ?? "");
}

export function decimal(number) {
  return number.toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
}

// A licence's day, which is one of UTC.
export function day(text) { return text ? time(text, { timeZone: "UTC" }) : ""; }

export function dateTime(text) { return time(text, { timeStyle: "short" }); }
export function exactTime(text) { return time(text, { timeStyle: "medium" }); }
