// 复制文字: puts the text of the named place on the clipboard, for a chat group.
export function copyButtons(root) {
  root.querySelectorAll("button[data-copy]:not([data-ready])").forEach((button) => {
    button.dataset.ready = "1";
    button.hidden = false;  // without scripts it could do nothing
    const words = button.textContent;
    button.addEventListener("click", async () => {
      const place = document.querySelector(button.dataset.copy);
      if (!place) return;
      const text = "value" in place ? place.value : place.textContent;
      button.textContent = (await copied(text.trim())) ? "已复制" : "请选中文字后复制";
      window.setTimeout(() => { button.textContent = words; }, 2000);
    });
  });
}

async function copied(text) {
  // The clipboard interface needs https; an inner network often has none, so the old way stays.
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return oldWay(text);
    }
  }
  return oldWay(text);
}

function oldWay(text) {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  document.body.append(box);
  box.select();
  let done = false;
  try { done = document.execCommand("copy"); } catch { done = false; }
  box.remove();
  return done;
}
