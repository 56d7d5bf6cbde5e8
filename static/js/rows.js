// Segments that show some rows of a table on the page: <div data-rows="#table"> with links whose
// href carries the choice for who has no script, and data-show="fault" (empty: all rows) for this.
// Rows say data-kind="fault"; rows without data-kind follow the row above them.
export function rowFilters(root) {
  root.querySelectorAll("[data-rows]:not([data-ready])").forEach((group) => {
    group.dataset.ready = "1";
    const table = document.querySelector(group.dataset.rows);
    if (!table) return;
    group.addEventListener("click", (event) => {
      const link = event.target.closest("[data-show]");
      if (!link) return;
      event.preventDefault();
      const wanted = link.dataset.show;
      let shown = true;
      table.querySelectorAll("tbody > tr").forEach((row) => {
        if (row.dataset.kind !== undefined) shown = !wanted || row.dataset.kind === wanted;
        row.hidden = !shown;
      });
      group.querySelectorAll("[data-show]").forEach((other) => {
        if (other === link) other.setAttribute("aria-current", "true");
        else other.removeAttribute("aria-current");
      });
      window.history.replaceState(null, "", link.href);
    });
  });
}
