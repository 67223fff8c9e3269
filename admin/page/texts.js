// Every word of the page, in both languages. tests/admin compares the keys.

import { inGerman, isTranslated } from "./german.js";

const texts = {
  en: {
    language: "Deutsch",
    languageLabel: "Deutsch – show this page in German",
    signOut: "Sign out",
    signedOutTitle: "Sign in",
    signedOut: "This page is entered by a link that works once, for five minutes. On the PBX's host, as root:",
    signedOutHere: "Open the link in this browser. From another computer, forward the port first:",
    badLink: "This link does not sign in: it was used already or is older than five minutes. Make a new one.",
    sessionOver: "Your session is over: nothing was done for half an hour, it was eight hours old, the agent was restarted, or another link was opened in this browser. Have a link made anew.",
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
    byProxy: "by the proxy {proxy}",
    roundTrip: "round trip {ms} ms",
    registered: "registered as {name}", notRegistered: "not registered",
    noKey: "there is none yet", madeOn: "{id}, made on {created}", alsoGood: "{id} is still good until {expires}",
    reachable: "reachable, {url}", notReachable: "not reachable, {url}", switchedOff: "switched off", asking: "being checked, {url}",
    everybody: "all users whom the PBX lets in", named: "{count} named {count|user|users}", floating: "{count} floating {count|licence|licences}", endsSoon: "seats until {until} only",
    seatsTaken: "{taken} of {most} taken", sessionsOpen: "{open} {open|session|sessions} of {users} {users|user|users}",
    name: "System name",
    nameHint: "Under this name the PBX is known to the connector and to its users; best its full host name. A change makes older key files useless.",
    keyLabel: "System key",
    keyHint: "Made at random, never typed in. Only whoever has it can reach the sign-in of this PBX: hand it out in confidence.",
    show: "Show", hide: "Hide", copy: "Copy", copyKey: "Copy the system key", copied: "The system key was copied.",
    copyByHand: "The browser does not let this page copy. The key is marked: press Ctrl+C (⌘C).",
    newKey: "Generate new key",
    newKeyPending: "A new key will be made when you save. What shall happen to the old one?",
    firstKeyPending: "There is no key yet: the first one will be made when you save.",
    keepDay: "It is good for another 24 hours, so that users have time to change",
    keepWeek: "It is good for another 7 days",
    revoke: "It stops working at once, and whoever is in by it is disconnected",
    noNewKey: "Discard: make no new key",
    olderKeys: "Older keys, for users who have not changed yet:", endOlder: "End older keys now",
    endOlderQuestion: "End the older keys now? Whoever is in by one of them is disconnected and needs the new key file.",
    olderEnded: "The older keys have ended. Only the one in force is good.",
    renameQuestion: "Rename the system from {from} to {to}? The tunnel is dropped, every user needs a new key file, the connector's operator has to enrol the new name, and licences for the old name give no seats.",
    rename: "Rename",
    nameWrong: "The name must be a host name: letters, digits, hyphens and dots, such as pbx.example.com.",
    original: "Message of the agent",
    save: "Save", unsaved: "There are changes that are not saved.", nothingChanged: "There is nothing to save.",
    savedChanges: "Saved: {changes}.", notSaved: "Not saved: {what}.",
    download: "Download key file",
    downloadHint: "For your users: name, key and connector in one file, to be dropped onto the sign-in window of the Teams app, which is not published yet.",
    downloadSaveFirst: "Save first; then the key file can be downloaded.",
    readOnly: "The agent's user may not write {file}: name and UCI connection cannot be changed here. Keys can.",
    uciActivate: "(Re)activate the UCI connection",
    uciOff: "The UCI connection is switched off: nobody can sign in.",
    uciOffButton: "Switch the UCI connection off",
    uciOffQuestion: "Switch the UCI connection off? Everybody is signed out, and nobody can sign in until it is on again.",
    uciQuestion: "Make the UCI connection anew? Everybody is signed out and has to sign in again.",
    uciDone: "The UCI connection is made anew; users can sign in.",
    uciOffDone: "The UCI connection is switched off.",
    yes: "Yes", no: "No",
    licensesIntro: "Named users need no seat. Everybody else takes one seat of a floating licence while signed in.",
    enterLicense: "Enter a licence key", licenseKey: "Licence key",
    licenseHint: "The whole text of the licence file; it begins with v4.public.",
    enter: "Enter",
    entered: "The licence of {holder} with {seats} {seats|seat|seats} was entered.",
    removed: "The licence was taken out.",
    remove: "Take out",
    removeQuestion: "Take the licence {id} of {holder} out? Its seats are gone then.",
    licenseTable: "Licences that were entered",
    id: "ID", holder: "Holder", systems: "Systems", from: "From", until: "Until", seatCount: "Seats", state: "State", action: "Action",
    good: "valid", noLicenses: "No licence was entered.",
    seatTable: "Who holds a seat ({taken} of {most})",
    user: "User", since: "Since", sessionCount: "Sessions",
    withdraw: "Withdraw",
    withdrawQuestion: "Withdraw the seat of {user}? That user is signed out.",
    withdrawn: "The seat of {user} was withdrawn.",
    noSeats: "Nobody holds a seat.",
    sessionTable: "Who is signed in",
    pbx: "PBX", pbxUp: "connected", pbxDown: "not connected", licenseKind: "Licence", seatKind: "floating", namedKind: "named",
    end: "Sign out", endQuestion: "Sign {user} out? All sessions of that user end.", ended: "{user} was signed out.",
    nobody: "Nobody is signed in.", refresh: "Refresh",
    filter: "Filter users", filtered: "{shown} of {all} are shown.", noMatch: "No user name contains this text.",
    diagnosisIntro: "Walks through everything that has to work: from the configuration over the network to the connector, back to itself, and to the PBX.",
    monitoring: "Monitoring", notOpen: "not open",
    start: "Start the diagnosis", running: "The diagnosis is running …",
    findings: "{ok} OK, {warn} {warn|warning|warnings}, {fail} failed, {skip} skipped",
    checkStarted: "Started {started}.", checkEnded: "Started {started}, ended {ended}.",
    stepConfig: "Configuration", stepKey: "System key", stepState: "State files", stepLicense: "Licence", stepSignIn: "Sign-in", stepDns: "Name service", stepTcp: "Network",
    stepProxy: "Proxy", stepTls: "Encryption", stepWebsocket: "Connector", stepRegistration: "Registration",
    stepRoundTrip: "Round trip", stepPorts: "Ports", stepUci: "UCI", stepEvents: "Events", stepVersion: "PBX version", stepHosts: "Hosts", stepClock: "Clock",
    markOk: "OK", markWarn: "WARN", markFail: "FAIL", markSkip: "SKIP",
    logIntro: "The last lines of the agent's log. Levels debug and trace are for short analysis only.",
    level: "Level", follow: "Follow new lines", lines: "Log lines", levelSet: "The log has the level {level} until the agent is restarted or reloaded.",
  },
  de: {
    language: "English",
    languageLabel: "English – diese Seite auf Englisch anzeigen",
    signOut: "Abmelden",
    signedOutTitle: "Anmelden",
    signedOut: "Diese Seite betreten Sie über einen Link, der einmal und fünf Minuten lang gilt. Auf dem Rechner der Anlage, als root:",
    signedOutHere: "Öffnen Sie den Link in diesem Browser. Von einem anderen Rechner aus leiten Sie vorher den Port weiter:",
    badLink: "Dieser Link meldet nicht an: Er wurde schon benutzt oder ist älter als fünf Minuten. Erzeugen Sie einen neuen.",
    sessionOver: "Ihre Sitzung ist zu Ende: Eine halbe Stunde lang wurde nichts getan, sie war acht Stunden alt, der Agent wurde neu gestartet, oder in diesem Browser wurde ein anderer Link geöffnet. Lassen Sie einen neuen Link erzeugen.",
    noAnswer: "Der Agent antwortet nicht. Läuft er, und wird der Port noch weitergeleitet? Diese Seite versucht es von selbst weiter.",
    answersAgain: "Der Agent antwortet wieder.",
    unexpected: "Der Agent hat eine Antwort gegeben, die diese Seite nicht versteht.",
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
    roundTrip: "Antwortzeit {ms} ms",
    registered: "registriert als {name}", notRegistered: "nicht registriert",
    noKey: "es gibt noch keinen", madeOn: "{id}, erzeugt am {created}", alsoGood: "{id} gilt noch bis {expires}",
    reachable: "erreichbar, {url}", notReachable: "nicht erreichbar, {url}", switchedOff: "abgeschaltet", asking: "wird geprüft, {url}",
    everybody: "alle, die sich an der Anlage anmelden dürfen", named: "{count} {count|benannter|benannte} Benutzer", floating: "{count} {count|Floating-Lizenz|Floating-Lizenzen}", endsSoon: "Plätze nur bis {until}",
    seatsTaken: "{taken} von {most} belegt", sessionsOpen: "{open} {open|Sitzung|Sitzungen} von {users} {users|Benutzer|Benutzern}",
    name: "Name der Anlage",
    nameHint: "Unter diesem Namen kennen der Cloud-Connector und die Benutzer die Anlage; am besten der vollständige Hostname (FQDN). Eine Änderung macht ältere Schlüsseldateien unbrauchbar.",
    keyLabel: "Schlüssel zur Anlage",
    keyHint: "Wird zufällig erzeugt und nie eingetippt. Nur wer ihn hat, erreicht die Anmeldung dieser Anlage: Geben Sie ihn vertraulich weiter.",
    show: "Anzeigen", hide: "Verbergen", copy: "Kopieren", copyKey: "Anlagenschlüssel kopieren", copied: "Der Anlagenschlüssel wurde kopiert.",
    copyByHand: "Der Browser erlaubt dieser Seite das Kopieren nicht. Der Schlüssel ist markiert: Drücken Sie Strg+C (⌘C).",
    newKey: "Neuen Schlüssel eintragen",
    newKeyPending: "Beim Speichern wird ein neuer Schlüssel erzeugt. Was soll mit dem alten geschehen?",
    firstKeyPending: "Es gibt noch keinen Schlüssel: Der erste wird beim Speichern erzeugt.",
    keepDay: "Er gilt noch 24 Stunden, damit die Benutzer Zeit zum Wechseln haben",
    keepWeek: "Er gilt noch 7 Tage",
    revoke: "Er wird sofort ungültig; wer mit ihm verbunden ist, wird getrennt",
    noNewKey: "Verwerfen: keinen neuen Schlüssel erzeugen",
    olderKeys: "Ältere Schlüssel, für Benutzer, die noch nicht gewechselt haben:", endOlder: "Ältere Schlüssel jetzt beenden",
    endOlderQuestion: "Die älteren Schlüssel jetzt beenden? Wer mit einem von ihnen verbunden ist, wird getrennt und braucht die neue Schlüsseldatei.",
    olderEnded: "Die älteren Schlüssel sind beendet. Es gilt nur noch der aktuelle.",
    renameQuestion: "Die Anlage von {from} in {to} umbenennen? Der Tunnel wird getrennt, alle Benutzer brauchen eine neue Schlüsseldatei, der Betreiber des Cloud-Connectors muss den neuen Namen eintragen, und Lizenzen auf den alten Namen geben keine Plätze.",
    rename: "Umbenennen",
    nameWrong: "Der Name muss ein Hostname sein: Buchstaben, Ziffern, Bindestriche und Punkte, zum Beispiel pbx.example.com.",
    original: "Meldung des Agenten (englisch)",
    save: "Speichern", unsaved: "Es gibt Änderungen, die noch nicht gespeichert sind.", nothingChanged: "Es gibt nichts zu speichern.",
    savedChanges: "Gespeichert: {changes}.", notSaved: "Nicht gespeichert: {what}.",
    download: "Schlüsseldatei herunterladen",
    downloadHint: "Für Ihre Benutzer: Name, Schlüssel und Cloud-Connector in einer Datei, die auf das Anmeldefenster der Teams-App gezogen wird; diese ist noch nicht veröffentlicht.",
    downloadSaveFirst: "Speichern Sie zuerst; danach kann die Schlüsseldatei heruntergeladen werden.",
    readOnly: "Der Benutzer des Agenten darf {file} nicht schreiben: Name und UCI-Verbindung lassen sich hier nicht ändern, Schlüssel schon.",
    uciActivate: "UCI-Verbindung (re-)aktivieren",
    uciOff: "Die UCI-Verbindung ist abgeschaltet: Niemand kann sich anmelden.",
    uciOffButton: "UCI-Verbindung abschalten",
    uciOffQuestion: "Die UCI-Verbindung abschalten? Alle werden abgemeldet, und niemand kann sich anmelden, bis sie wieder eingeschaltet ist.",
    uciQuestion: "Die UCI-Verbindung neu aufbauen? Alle werden abgemeldet und müssen sich neu anmelden.",
    uciDone: "Die UCI-Verbindung wird neu aufgebaut; Benutzer können sich anmelden.",
    uciOffDone: "Die UCI-Verbindung ist abgeschaltet.",
    yes: "Ja", no: "Nein",
    licensesIntro: "Benannte Benutzer brauchen keinen Platz. Alle anderen belegen während der Anmeldung einen Platz einer Floating-Lizenz.",
    enterLicense: "Lizenzschlüssel eintragen", licenseKey: "Lizenzschlüssel",
    licenseHint: "Der ganze Text der Lizenzdatei; er beginnt mit v4.public.",
    enter: "Eintragen",
    entered: "Die Lizenz von {holder} mit {seats} {seats|Platz|Plätzen} wurde eingetragen.",
    removed: "Die Lizenz wurde entfernt.",
    remove: "Entfernen",
    removeQuestion: "Die Lizenz {id} von {holder} entfernen? Ihre Plätze fallen dann weg.",
    licenseTable: "Eingetragene Lizenzen",
    id: "ID", holder: "Inhaber", systems: "Anlagen", from: "Von", until: "Bis", seatCount: "Plätze", state: "Zustand", action: "Aktion",
    good: "gültig", noLicenses: "Es ist keine Lizenz eingetragen.",
    seatTable: "Wer einen Platz belegt ({taken} von {most})",
    user: "Benutzer", since: "Seit", sessionCount: "Sitzungen",
    withdraw: "Entziehen",
    withdrawQuestion: "{user} den Platz entziehen? Der Benutzer wird abgemeldet.",
    withdrawn: "{user} wurde der Platz entzogen.",
    noSeats: "Niemand belegt einen Platz.",
    sessionTable: "Wer angemeldet ist",
    pbx: "Anlage", pbxUp: "verbunden", pbxDown: "nicht verbunden", licenseKind: "Lizenz", seatKind: "Floating", namedKind: "benannt",
    end: "Abmelden", endQuestion: "{user} abmelden? Alle Sitzungen des Benutzers enden.", ended: "{user} wurde abgemeldet.",
    nobody: "Niemand ist angemeldet.", refresh: "Aktualisieren",
    filter: "Benutzer filtern", filtered: "{shown} von {all} werden gezeigt.", noMatch: "Kein Benutzername enthält diesen Text.",
    diagnosisIntro: "Geht alles durch, was funktionieren muss: von der Konfiguration über das Netz zum Cloud-Connector, zurück zu sich selbst und zur Anlage.",
    monitoring: "Überwachung", notOpen: "nicht geöffnet",
    start: "Diagnose starten", running: "Die Diagnose läuft …",
    findings: "{ok} in Ordnung, {warn} {warn|Warnung|Warnungen}, {fail} fehlgeschlagen, {skip} übersprungen",
    checkStarted: "Begonnen: {started}.", checkEnded: "Begonnen: {started}, beendet: {ended}.",
    stepConfig: "Konfiguration", stepKey: "Schlüssel", stepState: "Zustandsdateien", stepLicense: "Lizenz", stepSignIn: "Anmeldung", stepDns: "Namensdienst", stepTcp: "Netz",
    stepProxy: "Proxy", stepTls: "Verschlüsselung", stepWebsocket: "Connector", stepRegistration: "Registrierung",
    stepRoundTrip: "Hin- und Rückweg", stepPorts: "Ports", stepUci: "UCI", stepEvents: "Ereignisse", stepVersion: "Version der Anlage", stepHosts: "Gegenstellen", stepClock: "Uhr",
    markOk: "OK", markWarn: "WARNUNG", markFail: "FEHLER", markSkip: "–",
    logIntro: "Die letzten Zeilen aus dem Log des Agenten. Die Stufen debug und trace sind nur für kurze Analysen gedacht.",
    level: "Stufe", follow: "Neuen Zeilen folgen", lines: "Logzeilen", levelSet: "Das Log hat die Stufe {level}, bis der Agent neu startet oder neu lädt.",
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
    (language === "de" ? inGerman(pattern) : pattern).replace(/\{(\d)\}( ms| s)?/g, (whole, at, unit = "") =>
      values[at] === undefined ? whole : localized(values[at], unit) + unit)).join("");
}

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

// What the agent puts into its sentences: moments and days (ISO 8601), and decimals that a unit follows. Everything else,
// such as a version or an address, stays as it is.
function localized(value, unit) {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return exactTime(value);
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return day(value);
  const [, number, own] = /^(\d+\.\d+)( ms| s)?$/.exec(value) ?? [];
  return number && (unit || own) ? decimal(Number(number)) + (own ?? "") : value;
}

export function decimal(number) {
  return number.toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
}

// A licence's day, which is one of UTC.
export function day(text) { return text ? time(text, { timeZone: "UTC" }) : ""; }

export function dateTime(text) { return time(text, { timeStyle: "short" }); }
export function exactTime(text) { return time(text, { timeStyle: "medium" }); }
