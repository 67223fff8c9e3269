// Elements without a framework: everything that comes from the agent goes in as text, never as HTML.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "text") element.textContent = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Leaves a text that has not changed alone: somebody may be marking it, or have it read out.
export function setText(element, text) { if (element.textContent !== text) element.textContent = text; }

// For those who do not see the page: said once, without moving the focus.
export function announce(text) {
  document.getElementById("announcement").textContent = text;
}

export function message(kind, text, code = null, ...next) {
  return el("div", { class: `message ${kind}` },
    el("p", { text }),
    ...next.filter(Boolean).map((line) => el("p", { text: line })),
    code ? el("p", { class: "code", text: code }) : null);
}

// Asks before what cannot be undone. Escape and "no" answer false.
export function confirmed(question, yes, no) {
  return new Promise((resolve) => {
    const close = (answer) => { dialog.close(); dialog.remove(); resolve(answer); };
    const dialog = el("dialog", { "aria-labelledby": "question", oncancel: () => close(false) },
      el("p", { id: "question", text: question }),
      el("div", { class: "row" },
        el("button", { type: "button", autofocus: true, text: no, onclick: () => close(false) }),
        el("button", { type: "button", class: "danger", text: yes, onclick: () => close(true) })));
    document.body.append(dialog);
    dialog.showModal();
  });
}
