// Diagnose: starts the walk and shows each step as it comes.

import { ask } from "./api.js";
import { announce, el } from "./dom.js";
import { explanation, failure } from "./failure.js";
import { spoken, t } from "./texts.js";

const kLookMs = 300;
const kSteps = 14;
const marks = { OK: ["good", "markOk"], WARN: ["warn", "markWarn"], FAIL: ["bad", "markFail"], SKIP: ["none", "markSkip"] };

function titleOf(step) {
  const key = `step${step.split("-").map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`;
  return t(key);
}

function item(finding) {
  const [kind, word] = marks[finding.verdict];
  return el("li", {},
    el("span", {}, el("span", { class: `mark ${kind}`, text: t(word) })),
    el("span", { class: "step", text: titleOf(finding.step) }),
    el("span", { class: "text", text: (finding.code ? `[${finding.code}] ` : "") + spoken(finding.parts.text) }),
    finding.next ? el("span", { class: "next", text: `→ ${explanation(finding.code) ?? spoken(finding.parts.next)}` }) : null);
}

export function show(panel) {
  let gone = false;
  let timer = null;
  const start = el("button", { type: "button", class: "main", id: "start-check", text: t("start"), onclick: begin });
  const progress = el("progress", { id: "check-progress", max: String(kSteps), value: "0", "aria-label": t("running"), hidden: true });
  const summary = el("p", { id: "check-summary", role: "status" });
  const list = el("ol", { class: "findings", id: "findings" });
  const notice = el("div", { id: "diagnosis-notice" });
  panel.append(el("h2", { text: t("tabDiagnosis") }), el("p", { text: t("diagnosisIntro") }), start, notice, progress, summary, list);

  function paint(state) {
    if (gone) return;
    list.replaceChildren(...state.findings.map(item));
    progress.hidden = !state.running;
    progress.value = new Set(state.findings.map((finding) => finding.step)).size;
    start.disabled = state.running;
    const count = (verdict) => state.findings.filter((finding) => finding.verdict === verdict).length;
    const words = state.running ? t("running")
      : t("findings", { ok: count("OK"), warn: count("WARN"), fail: count("FAIL"), skip: count("SKIP") });
    summary.textContent = state.findings.length > 0 || state.running ? words : "";
    if (state.running) timer = setTimeout(look, kLookMs);
  }

  async function look() {
    try { paint(await ask("check")); } catch (error) { stop(error); }
  }

  async function begin() {
    notice.replaceChildren();
    announce(t("running"));
    try { paint(await ask("check-start")); } catch (error) { stop(error); }
  }

  function stop(error) {
    if (gone) return;
    start.disabled = false;
    progress.hidden = true;
    notice.replaceChildren(failure(error));
  }

  look();
  return () => { gone = true; clearTimeout(timer); };
}
