// Log: the last lines, as they come, and the level.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { notices } from "./notices.js";
import { t } from "./texts.js";

const kLookMs = 1000;
const kMostLines = 1000;

export function show(panel) {
  let gone = false;
  let newest = 0;
  let timer = null;
  const level = el("select", { id: "level", onchange: setLevel },
    ...["error", "warn", "info", "debug", "trace"].map((name) => el("option", { value: name, text: name })));
  const follow = el("input", { type: "checkbox", id: "follow", checked: true });
  const lines = el("div", { class: "log", id: "lines", role: "log", tabindex: "0", "aria-label": t("lines"), "aria-live": "off" });
  const notice = notices("log-notice");
  panel.append(el("h2", { text: t("tabLog") }), el("p", { text: t("logIntro") }), notice.place,
    el("div", { class: "row bottom" },
      el("div", { class: "field" }, el("label", { for: "level", text: t("level") }), level),
      el("label", { class: "choice" }, follow, el("span", { text: t("follow") }))),
    lines);

  async function setLevel() {
    try {
      notice.tell("good", t("levelSet", await ask("log-level", { level: level.value })));
    } catch (error) { notice.refuse(error); }
  }

  async function look(byItself) {
    try {
      const news = await ask("log", { after: newest }, { byItself });
      if (gone) return;
      notice.answeredByItself();
      if (document.activeElement !== level) level.value = news.level;
      for (const line of news.lines) {
        newest = line.number;
        lines.append(el("p", { class: line.level, text: `${line.time} ${line.level} ${line.area}: ${line.message}` }));
      }
      while (lines.childElementCount > kMostLines) lines.firstElementChild.remove();
      if (news.lines.length > 0 && follow.checked) lines.scrollTop = lines.scrollHeight;
    } catch (error) {
      if (!gone) notice.refuseByItself(error);
    }
    if (!gone) timer = setTimeout(() => look(true), kLookMs);
  }

  look(false);
  return () => { gone = true; clearTimeout(timer); };
}
