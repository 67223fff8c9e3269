// The agent's commands. The token against other pages' requests is kept for this tab and this port only.

const kToken = "csrf";

export class Refusal extends Error {
  constructor({ code, message, hint }) {
    super(message);
    this.code = code;
    this.hint = hint || "";
  }
}

async function post(command, body) {
  let response;
  try {
    response = await fetch(`/api/${command}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-csrf-token": sessionStorage.getItem(kToken) || "" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refusal({ code: "page.no-answer", message: "" });
  }
  let answer = null;
  try { answer = await response.json(); } catch { /* told below */ }
  if (answer && answer.error) throw new Refusal(answer.error);
  if (!answer || !response.ok) throw new Refusal({ code: `page.status-${response.status}`, message: "" });
  return answer.result;
}

let whenSignedOut = () => {};
export function onSignedOut(callback) { whenSignedOut = callback; }

export async function ask(command, body = {}) {
  try {
    return await post(command, body);
  } catch (error) {
    if (error.code === "admin.signed-out") {
      sessionStorage.removeItem(kToken);
      whenSignedOut();
    }
    throw error;
  }
}

export async function signIn(token) {
  const { csrf } = await post("sign-in", { token });
  sessionStorage.setItem(kToken, csrf);
}

export async function signOut() {
  try { await post("sign-out", {}); } finally { sessionStorage.removeItem(kToken); }
}

export function maySignedIn() { return sessionStorage.getItem(kToken) !== null; }
