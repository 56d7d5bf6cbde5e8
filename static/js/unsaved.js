// A form with data-guard asks before typed words are left behind.
export function unsavedGuard(root) {
  const forms = root.matches && root.matches("form[data-guard]") ? [root] : [...root.querySelectorAll("form[data-guard]")];
  forms.filter((form) => !form.dataset.guarded).forEach((form) => {
    form.dataset.guarded = "1";
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    form.addEventListener("face:saved", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => {
      if (changed && form.isConnected) {
        event.preventDefault();
        event.returnValue = "";
      }
    });
  });
}
