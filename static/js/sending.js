// One request of a page that stays open for long: the sign-in may have ended and begun anew meanwhile, so the
// token is read at every request, and an answer that is the sign-in page counts as no answer.
export function token() {
  const found = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  if (found) return decodeURIComponent(found.slice("csrftoken=".length));
  const box = document.querySelector("input[name=csrfmiddlewaretoken]");
  return box ? box.value : "";
}

// {state: "done" | "refused" | "signed-out" | "no-network", data}
export async function send(url, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST", body, credentials: "same-origin", redirect: "manual", cache: "no-store",
      headers: { "X-CSRFToken": token(), Accept: "application/json", ...headers },
    });
  } catch {
    return { state: "no-network", data: {} };
  }
  if (answer.type === "opaqueredirect") return { state: "signed-out", data: {} };
  let data = null;
  try { data = await answer.json(); } catch { data = null; }
  if (answer.ok && data) return { state: "done", data };
  if (data && data.refused) return { state: "refused", data };
  // The token of a session that ended is refused by a page, not by a sentence of ours.
  if (answer.status === 403) return { state: "signed-out", data: {} };
  return { state: "no-network", data: {} };
}

// Forms on the page carry the token of the sign-in under which it was opened.
export function freshTokens(root) {
  root.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((box) => { box.value = token(); });
}
