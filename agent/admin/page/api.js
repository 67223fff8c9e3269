// The agent's commands. The token against other pages' requests is kept for this tab and this port only.

const kToken = "csrf";
const kPatienceMs = 15000; // an agent that hangs does not answer either

export class Refusal extends Error {
  constructor({ code, message, hint }) {
    super(message);
    this.code = code;
    this.hint = hint || "";
  }
}

// Whether the agent answers at all: "up" and "down", when that changes, and "down" for every click that is in vain.
export const connection = new EventTarget();
let up = true;

function heard(answered, byItself) {
  const changed = answered !== up;
  up = answered;
  if (changed || (!answered && !byItself)) connection.dispatchEvent(new Event(answered ? "up" : "down"));
}

async function post(command, body, byItself) {
  let response;
  const headers = { "content-type": "application/json", "x-csrf-token": sessionStorage.getItem(kToken) || "" };
  if (byItself) headers["x-unattended"] = "yes";
  try {
    response = await fetch(`/api/${command}`, {
      method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(kPatienceMs),
    });
  } catch {
    heard(false, byItself);
    throw new Refusal({ code: "page.no-answer", message: "" });
  }
  heard(true, byItself);
  let answer = null;
  try { answer = await response.json(); } catch { /* told below */ }
  if (answer && answer.error) throw new Refusal(answer.error);
  if (!answer || !response.ok) throw new Refusal({ code: `page.status-${response.status}`, message: "" });
  return answer.result;
}

let whenSignedOut = () => {};
export function onSignedOut(callback) { whenSignedOut = callback; }

// byItself: nobody has clicked. A session that is kept by nothing else ends.
export async function ask(command, body = {}, { byItself = false } = {}) {
  try {
    return await post(command, body, byItself);
  } catch (error) {
    // Once, however many questions were under way.
    if (error.code === "admin.signed-out" && maySignedIn()) {
      sessionStorage.removeItem(kToken);
      whenSignedOut();
    }
    throw error;
  }
}

export async function signIn(token) {
  const { csrf } = await post("sign-in", { token }, false);
  sessionStorage.setItem(kToken, csrf);
}

export async function signOut() {
  try { await post("sign-out", {}, false); } finally { sessionStorage.removeItem(kToken); }
}

export function maySignedIn() { return sessionStorage.getItem(kToken) !== null; }
