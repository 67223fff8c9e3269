// Diagnose: starts the walk and shows each step as it comes.

import { ask } from "./api.js";
import { announce, el } from "./dom.js";
import { buttonFor, explanation, original } from "./failure.js";
import { notices } from "./notices.js";
import { exactTime, isAllTranslated, spoken, t } from "./texts.js";

const kLookMs = 300;
const kLookAgainMs = 1000; // while the agent does not answer
const marks = { OK: ["good", "markOk"], WARN: ["warn", "markWarn"], FAIL: ["bad", "markFail"], SKIP: ["none", "markSkip"] };

function titleOf(step) {
  const key = `step${step.split("-").map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`;
  return t(key);
}

// Most errors, and what other programs answered, are English: the explanation of the code goes first, that folded away behind it.
function words(finding) {
  const { text, next } = finding.parts;
  const code = finding.code ? `[${finding.code}] ` : "";
  const explained = explanation(finding.code);
  const advice = finding.next ? `→ ${spoken(next)}` : null;
  const [pattern] = next[0] ?? [];
  const button = buttonFor(finding.code) ?? buttonFor(pattern);
  if (explained === null || isAllTranslated(text)) return { main: code + spoken(text), advice, button, own: null };
  const isOwn = finding.next && isAllTranslated(next);
  return { main: explained, advice: isOwn ? advice : null, button,
    own: code + finding.text + (finding.next && !isOwn ? ` – ${finding.next}` : "") };
}

function item(finding) {
  const [kind, word] = marks[finding.verdict];
  const { main, advice, button, own } = words(finding);
  return el("li", {},
    el("span", {}, el("span", { class: `mark ${kind}`, text: t(word) })),
    el("span", { class: "step", text: titleOf(finding.step) }),
    el("span", { class: "text", text: main }),
    button ? el("span", { class: "next", text: `→ ${button}` }) : null,
    advice ? el("span", { class: "next", text: advice }) : null,
    own ? original(own, "next") : null);
}

function times(state) {
  if (!state.started) return "";
  return state.ended ? t("checkEnded", { started: exactTime(state.started), ended: exactTime(state.ended) })
    : t("checkStarted", { started: exactTime(state.started) });
}

export function show(panel) {
  let gone = false;
  let timer = null;
  let painted = "";
  const start = el("button", { type: "button", class: "main", id: "start-check", text: t("start"), onclick: begin });
  const progress = el("progress", { id: "check-progress", value: "0", "aria-label": t("running"), hidden: true });
  const summary = el("p", { id: "check-summary", role: "status" });
  const when = el("p", { id: "check-times", class: "hint" });
  const list = el("ol", { class: "findings", id: "findings" });
  const notice = notices("diagnosis-notice");
  panel.append(el("h2", { text: t("tabDiagnosis") }), el("p", { text: t("diagnosisIntro") }), start, notice.place, progress, summary, when, list);

  function paint(state) {
    if (gone) return;
    progress.hidden = !state.running;
    progress.max = Math.max(1, state.steps.length); // as many as the agent walks through
    progress.value = new Set(state.findings.map((finding) => finding.step)).size;
    start.disabled = state.running;
    if (painted !== JSON.stringify(state)) {
      painted = JSON.stringify(state);
      list.replaceChildren(...state.findings.map(item));
      const count = (verdict) => state.findings.filter((finding) => finding.verdict === verdict).length;
      const sum = state.running ? t("running")
        : t("findings", { ok: count("OK"), warn: count("WARN"), fail: count("FAIL"), skip: count("SKIP") });
      summary.textContent = state.findings.length > 0 || state.running ? sum : "";
      when.textContent = times(state);
    }
    if (state.running) timer = setTimeout(() => look(true), kLookMs);
  }

  async function look(byItself) {
    try { paint(await ask("check", {}, { byItself })); } catch (error) { stop(error); }
  }

  async function begin() {
    notice.clear();
    announce(t("running"));
    try { paint(await ask("check-start")); } catch (error) { stop(error); }
  }

  function stop(error) {
    if (gone) return;
    start.disabled = false;
    progress.hidden = true;
    notice.refuse(error);
    // It runs on in the agent, and can be looked at again when that answers.
    if (error.code === "page.no-answer") timer = setTimeout(() => look(true), kLookAgainMs);
  }

  look(false);
  return () => { gone = true; clearTimeout(timer); };
}
