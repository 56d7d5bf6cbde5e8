// 显示 / 隐藏 at a password.
export function passwordShow(root) {
  root.querySelectorAll('.field input[type="password"]:not([data-ready])').forEach((input) => {
    input.dataset.ready = "1";
    const box = document.createElement("div");
    box.className = "password-box";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "password-show";
    button.textContent = "显示";
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-controls", input.id);
    const focused = document.activeElement === input;
    input.replaceWith(box);
    box.append(input, button);
    if (focused) input.focus();
    button.addEventListener("click", () => {
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      button.textContent = show ? "隐藏" : "显示";
      button.setAttribute("aria-pressed", String(show));
    });
    if (input.form) input.form.addEventListener("submit", () => { input.type = "password"; });
  });
}
