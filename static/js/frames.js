// What scrolls inside its own frame can be reached by the keyboard; what fits is no stop on the way.
const FRAMES = ".table-frame, .block-table, .chart-frame";

function mark(frame) {
  const scrolls = frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight;
  if (scrolls) frame.setAttribute("tabindex", "0");
  else frame.removeAttribute("tabindex");
}

export function scrollingFrames(root) {
  const frames = [...root.querySelectorAll(FRAMES)].filter((frame) => !frame.hasAttribute("tabindex"));
  if (!frames.length) return;
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
  frames.forEach((frame) => {
    mark(frame);
    watch.observe(frame);
  });
}

// Of what is wider than its frame, the chosen part is in sight.
export function chosenInSight(root) {
  root.querySelectorAll(".tabs [aria-current], .segments > [aria-current]").forEach((chosen) => {
    const row = chosen.closest(".tabs, .segments");
    const over = chosen.getBoundingClientRect().right - row.getBoundingClientRect().right;
    if (over > 0) row.scrollLeft += over + 24;
  });
  // A point inside a wide cell, in px from its left edge, stands at three quarters of the frame.
  root.querySelectorAll("[data-in-sight]").forEach((cell) => {
    const frame = cell.closest(".table-frame");
    const at = cell.getBoundingClientRect().left - frame.getBoundingClientRect().left + Number(cell.dataset.inSight);
    if (at > frame.clientWidth) frame.scrollLeft += at - frame.clientWidth * 0.75;
  });
}
