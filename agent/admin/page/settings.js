// Grundeinstellungen: how everything is, name, key, key file and UCI connection. Each area paints the one state.

import { ask, connection } from "./api.js";
import { el, setText } from "./dom.js";
import { keyArea } from "./key.js";
import { keyFileArea } from "./keyfile.js";
import { nameArea } from "./name.js";
import { notices } from "./notices.js";
import { saveArea } from "./save.js";
import { statusList } from "./status.js";
import { uciArea } from "./uci.js";

export { forget, isUnsaved } from "./draft.js";

const kRefreshMs = 5000;

export function show(panel) {
  const state = {
    saved: null, // the settings as they are in force; null: not known yet
    status: null, // how everything is, as the agent's command `status` says it; null: not known yet
    isStale: false, // the agent has not answered since
    shownKey: null, // the key, while it is to be seen
    isSaving: false, // what is under way is not asked for twice
    isGone: false, // another tab is shown
  };
  const notice = notices("settings-notice");
  const desk = { notice, repaint, load };
  const status = statusList();
  const name = nameArea(state, desk);
  const key = keyArea(state, desk);
  const save = saveArea(state, desk, name);
  const keyFile = keyFileArea(desk);
  const uci = uciArea(state, desk);
  panel.append(
    ...status.parts, notice.place,
    el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); save.run(); } }, ...name.parts, key.element, save.element),
    ...keyFile.parts, ...uci.parts);

  function repaint() {
    for (const area of [status, name, key, save, keyFile, uci]) area.paint(state);
    if (state.saved !== null) setText(document.getElementById("system"), state.saved.name);
  }

  function takeStatus(news) {
    if (state.isGone) return;
    Object.assign(state, { status: news, isStale: false });
    repaint();
  }

  // First what the agent knows already: a PBX that hangs takes its time.
  async function load(byItself = false) {
    try {
      state.saved = await ask("settings", {}, { byItself });
      if (state.isGone) return;
      repaint();
      takeStatus(await ask("status", { quick: true }, { byItself }));
      await refresh(byItself);
    } catch (error) { if (!state.isGone) notice.refuseByItself(error); }
  }

  async function refresh(byItself) {
    const news = await ask("status", {}, { byItself });
    if (state.isGone) return;
    notice.answeredByItself();
    takeStatus(news);
  }

  let isAsking = false;
  async function look() {
    if (isAsking) return;
    isAsking = true;
    try {
      if (state.saved === null) await load(true); else await refresh(true);
    } catch (error) {
      if (!state.isGone) notice.refuseByItself(error);
    } finally { isAsking = false; }
  }

  const onDown = () => { state.isStale = true; repaint(); };
  const onUp = () => look();
  const timer = setInterval(look, kRefreshMs);
  connection.addEventListener("down", onDown);
  connection.addEventListener("up", onUp);
  repaint();
  load();
  return () => {
    Object.assign(state, { isGone: true, shownKey: null });
    clearInterval(timer);
    connection.removeEventListener("down", onDown);
    connection.removeEventListener("up", onUp);
  };
}
