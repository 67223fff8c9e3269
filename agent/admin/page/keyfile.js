// The key file, as the agent would export it now.

import { ask } from "./api.js";
import { isUnsaved } from "./draft.js";
import { el, setText } from "./dom.js";
import { t } from "./texts.js";

export function keyFileArea({ notice }) {
  const download = el("button", { type: "button", id: "download", disabled: true, text: t("download"), "aria-describedby": "download-hint", onclick: fetchIt });
  const hint = el("p", { class: "hint", id: "download-hint", text: t("loading") });

  async function fetchIt() {
    try {
      const file = await ask("key-file");
      const url = URL.createObjectURL(new Blob([file.content], { type: "application/json" }));
      el("a", { href: url, download: file.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    } catch (error) { notice.refuse(error); }
  }

  return {
    parts: [el("h3", { text: t("keyFile") }), download, hint],
    paint({ status }) {
      const hasKey = Boolean(status?.key);
      download.disabled = isUnsaved() || !hasKey;
      setText(hint, t(status === null ? "loading" : isUnsaved() ? "downloadSaveFirst" : hasKey ? "downloadHint" : "noKey"));
    },
  };
}
