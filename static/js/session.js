// Five minutes before an idle session ends the page says so; what is typed stays on it.
export function sessionWarning(body) {
  const minutes = Number(body.dataset.sessionMinutes || 0);
  if (!minutes) return;
  const before = Math.min(5, minutes / 2);
  let warning = null;
  let timer = 0;

  const say = () => {
    if (warning) return;
    warning = document.createElement("div");
    warning.className = "session-warning alert alert-caution";
    warning.setAttribute("role", "alert");
    const words = document.createElement("p");
    const first = document.createElement("b");
    first.textContent = `${Math.round(before)} 分钟后会自动退出。`;
    const stay = document.createElement("button");
    stay.type = "button";
    stay.className = "button button-compact";
    stay.textContent = "继续登录";
    stay.addEventListener("click", async () => {
      try {
        const answer = await fetch(window.location.href, { method: "HEAD", credentials: "same-origin" });
        if (answer.ok && !answer.redirected) restart();
        else first.textContent = "已经退出。请另开一页登录，本页填的字还在。";
      } catch {
        first.textContent = "网络不通，稍后再试；本页填的字还在。";
      }
    });
    words.append(first, "不想丢下没保存的内容，请先保存。", stay);
    warning.append(words);
    body.append(warning);
  };

  const restart = () => {
    window.clearTimeout(timer);
    if (warning) { warning.remove(); warning = null; }
    timer = window.setTimeout(say, (minutes - before) * 60000);
  };

  // Every answer of the server starts the time again.
  body.addEventListener("htmx:afterRequest", restart);
  document.addEventListener("face:saved", restart);
  restart();
}
