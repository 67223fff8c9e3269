// What an area has to say. Screen readers read out what comes into a container that was there before, and only that.

import { el, message } from "./dom.js";
import { failure } from "./failure.js";

// That the agent does not answer stands above everything; whoever is signed out sees how to sign in.
const toldElsewhere = ["page.no-answer", "admin.signed-out"];

export function notices(id) {
  const well = el("div", { role: "status" });
  const wrong = el("div", { role: "alert" });
  let byItself = false; // whether a question that nobody has clicked has failed

  function clear() {
    well.replaceChildren();
    wrong.replaceChildren();
    byItself = false;
  }

  function show(place, shown) {
    place.replaceChildren(shown);
    shown.scrollIntoView({ block: "nearest" });
  }

  return {
    place: el("div", { id }, well, wrong),
    clear,
    tell(kind, text) {
      clear();
      show(well, message(kind, text));
    },
    // `beside`: what was told goes on standing there.
    refuse(error, { intro = null, words = undefined, beside = false } = {}) {
      if (!beside) clear();
      if (toldElsewhere.includes(error.code)) return;
      const shown = failure(error, words);
      if (intro) shown.prepend(el("p", { text: intro }));
      show(wrong, shown);
    },
    // The page's own questions: the same answer is told once, and is gone with the next good one.
    refuseByItself(error) {
      if (toldElsewhere.includes(error.code)) return;
      const shown = failure(error);
      if (wrong.textContent === shown.textContent) return;
      clear();
      byItself = true;
      wrong.replaceChildren(shown);
    },
    answeredByItself() { if (byItself) clear(); },
  };
}
