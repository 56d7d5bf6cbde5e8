// Small helps on top of pages that work without them. ES module, nothing inline, Chromium 109 and older.
import { wholeChoice } from "./choosing.js";
import { copyButtons } from "./copy.js";
import { passwordShow } from "./password.js";
import { unsavedGuard } from "./unsaved.js";
import { sessionWarning } from "./session.js";
import { rowFilters } from "./rows.js";
import { chosenInSight, scrollingFrames } from "./frames.js";

// The error summary takes the focus, so that a reader meets the faults first.
function errorSummary(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (summary && !root.querySelector("[data-gallery]")) summary.focus();
}

// What names a field leads into it: its place from the top, and of a place wider than its frame the field itself.
function linksIntoFields(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest('[data-error-summary] a[href^="#"], .alert a[href^="#"]');
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field || root.querySelector("[data-gallery]")) return;
    event.preventDefault();
    const place = field.closest(".grid-row") || field.closest(".field, tr, section") || field;
    place.scrollIntoView({ block: "start" });
    const box = field.matches("input, select, textarea, button, a") ? field : field.querySelector("input, select, textarea, button, a");
    if (!box) return;
    box.scrollIntoView({ block: "nearest", inline: "nearest" });
    box.focus({ preventScroll: true });
  });
}

// A menu closes by Escape and by a click elsewhere.
function closingMenus() {
  const close = (except) => {
    document.querySelectorAll("details[data-closes][open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => close(event.target.closest("details[data-closes]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-closes][open]");
    if (open) open.querySelector("summary").focus();
    close(null);
  });
}

function enhance(root) {
  copyButtons(root);
  passwordShow(root);
  unsavedGuard(root);
  rowFilters(root);
  wholeChoice(root);
  scrollingFrames(root);
  chosenInSight(root);
}

errorSummary(document);
linksIntoFields(document);
closingMenus();
enhance(document);
sessionWarning(document.body);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) enhance(event.target);
});
