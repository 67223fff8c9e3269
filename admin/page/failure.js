// What went wrong, with its stable code and what to do next.

import { message } from "./dom.js";
import { t } from "./texts.js";

export function failure(error) {
  if (error.code === "page.no-answer") return message("bad", t("noAnswer"), error.code);
  if (!error.message) return message("bad", t("unexpected"), error.code ?? String(error));
  return message("bad", error.message, error.code, error.hint);
}
