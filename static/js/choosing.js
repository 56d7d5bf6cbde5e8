// A box that ticks a whole list: <input type="checkbox" data-ticks="projects"> with the boxes of that name in its
// form. Without script the server reads the box itself.
export function wholeChoice(root) {
  root.querySelectorAll("[data-ticks]:not([data-ready])").forEach((all) => {
    all.dataset.ready = "1";
    const boxes = [...all.form.elements].filter((box) => box.name === all.dataset.ticks);
    const tell = () => {
      const count = boxes.filter((box) => box.checked).length;
      all.checked = count === boxes.length;
      all.indeterminate = count > 0 && count < boxes.length;
    };
    all.addEventListener("change", () => {
      boxes.forEach((box) => { box.checked = all.checked; });
    });
    boxes.forEach((box) => box.addEventListener("change", tell));
    tell();
  });
}
