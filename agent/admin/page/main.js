// Signing in, the tabs, and the language.

import { connection, maySignedIn, onSignedOut, signIn, signOut } from "./api.js";
import { announce, el, message } from "./dom.js";
import { failure, loadExplanations } from "./failure.js";
import * as diagnosis from "./diagnosis.js";
import * as licenses from "./licenses.js";
import * as log from "./log.js";
import * as sessions from "./sessions.js";
import * as settings from "./settings.js";
import { currentLanguage, switchLanguage, t } from "./texts.js";

const areas = [
  { id: "settings", title: "tabSettings", show: settings.show, isUnsaved: settings.isUnsaved, forget: settings.forget },
  { id: "licenses", title: "tabLicenses", show: licenses.show, isUnsaved: licenses.isUnsaved, forget: licenses.forget },
  { id: "sessions", title: "tabSessions", show: sessions.show },
  { id: "diagnosis", title: "tabDiagnosis", show: diagnosis.show },
  { id: "log", title: "tabLog", show: log.show },
];
const main = document.getElementById("main");
const connectionNotice = document.getElementById("connection");
const languageButton = document.getElementById("language");
const signOutButton = document.getElementById("sign-out");

let chosen = areas.some((area) => area.id === sessionStorage.getItem("tab")) ? sessionStorage.getItem("tab") : "settings";
let leave = () => {}; // what the shown area has to be told before another one comes
let notEntered = null; // why the last link did not sign in, or whoever was in is not any more
let told = null; // the last of these for which the focus was moved

function whyNot(error) {
  if (error.code === "page.no-answer") return null; // stands above already
  const words = { "admin.bad-link": "badLink", "admin.signed-out": "sessionOver" }[error.code];
  return words ? message("bad", t(words), error.code) : failure(error);
}

function showSignIn() {
  leave();
  leave = () => {};
  signOutButton.hidden = true;
  const port = location.port || "80";
  const heading = el("h2", { tabindex: "-1", text: t("signedOutTitle") });
  const why = notEntered ? whyNot(notEntered) : null;
  main.replaceChildren(el("section", { class: "card" },
    heading,
    why,
    el("p", { text: t("signedOut") }),
    el("p", {}, el("code", { text: "starface-teams-agent admin-link" })),
    el("p", { text: t("signedOutHere") }),
    el("p", {}, el("code", { text: `ssh -L ${port}:127.0.0.1:${port} PBX` }))));
  document.getElementById("system").textContent = "";
  if (!why || told === notEntered) return;
  told = notEntered;
  heading.focus();
  announce(why.firstChild.textContent);
}

function choose(id, focus) {
  chosen = id;
  sessionStorage.setItem("tab", id);
  leave();
  for (const area of areas) {
    const tab = document.getElementById(`tab-${area.id}`);
    const selected = area.id === id;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    if (selected && focus) tab.focus();
  }
  const panel = document.getElementById("panel");
  panel.setAttribute("aria-labelledby", `tab-${id}`);
  panel.replaceChildren();
  leave = areas.find((area) => area.id === id).show(panel) || (() => {});
}

// WAI-ARIA's pattern for tabs: arrow keys, Home and End move, and show what they come to.
function onKey(event) {
  const at = areas.findIndex((area) => area.id === chosen);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: areas.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(areas[(to + areas.length) % areas.length].id, true);
}

function showAreas() {
  signOutButton.hidden = false;
  main.replaceChildren(
    el("div", { role: "tablist", "aria-label": t("tabs"), onkeydown: onKey },
      ...areas.map((area) => el("button", {
        type: "button", role: "tab", id: `tab-${area.id}`, "aria-controls": "panel", text: t(area.title),
        onclick: () => choose(area.id, false),
      }))),
    el("div", { role: "tabpanel", id: "panel", tabindex: "0" }));
  choose(chosen, false);
}

function show() {
  document.documentElement.lang = currentLanguage();
  languageButton.textContent = t("language");
  languageButton.setAttribute("aria-label", t("languageLabel"));
  languageButton.lang = currentLanguage() === "de" ? "en" : "de";
  signOutButton.textContent = t("signOut");
  if (connectionNotice.firstChild) showDown();
  if (maySignedIn()) showAreas(); else showSignIn();
}

function showDown() { connectionNotice.replaceChildren(message("bad", t("noAnswer"), "page.no-answer")); }

function showUp() {
  connectionNotice.replaceChildren();
  announce(t("answersAgain"));
}

async function leaveForGood() {
  await signOut().catch(() => {});
  for (const area of areas) area.forget?.();
  notEntered = null;
  show();
  main.querySelector("h2").focus();
}

function signedOut() {
  notEntered = { code: "admin.signed-out" };
  show();
}

async function enter() {
  // The token stands behind the #, where no server and no log ever sees it; and it is good once.
  const token = location.hash.slice(1);
  if (token) {
    history.replaceState(null, "", location.pathname);
    try {
      await signIn(token);
      notEntered = null;
    } catch (error) {
      notEntered = error;
    }
  }
  show();
}

languageButton.addEventListener("click", () => { switchLanguage(); show(); });
signOutButton.addEventListener("click", leaveForGood);
onSignedOut(signedOut);
connection.addEventListener("down", showDown);
connection.addEventListener("up", showUp);
window.addEventListener("hashchange", enter);
window.addEventListener("beforeunload", (event) => { if (areas.some((area) => area.isUnsaved?.())) event.preventDefault(); });
await loadExplanations();
await enter();
