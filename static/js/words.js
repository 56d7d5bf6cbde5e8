// 下载图片 of a text that is pasted into a chat group: the words of the named place, drawn onto a sheet as PNG.
const WIDTH = 720, EDGE = 36, LINE = 32, SIZE = 19, SCALE = 2;

export function pictureButtons(root) {
  root.querySelectorAll("button[data-words]:not([data-ready])").forEach((button) => {
    button.dataset.ready = "1";
    button.hidden = false;  // without scripts it could do nothing
    button.addEventListener("click", () => {
      const place = document.querySelector(button.dataset.words);
      if (!place) return;
      const text = place.textContent.trim();
      drawn(text, getComputedStyle(place).fontFamily).toBlob((blob) => blob && save(blob, `${nameOf(text)}.png`), "image/png");
    });
  });
}

function drawn(text, family) {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d");
  const font = `${SIZE}px ${family}`;
  brush.font = font;
  const lines = text.split("\n").flatMap((line) => wrapped(brush, line, WIDTH - 2 * EDGE));
  canvas.width = WIDTH * SCALE;
  canvas.height = (lines.length * LINE + 2 * EDGE) * SCALE;
  brush.scale(SCALE, SCALE);
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  brush.fillStyle = token("--white");
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.fillStyle = token("--vermilion");
  brush.fillRect(0, 0, WIDTH, 4);
  brush.fillStyle = token("--ink");
  brush.font = font;  // a new size of the canvas forgets it
  brush.textBaseline = "middle";
  lines.forEach((line, row) => brush.fillText(line, EDGE, EDGE + (row + 0.5) * LINE));
  return canvas;
}

// No line begins with a closing mark; numbers and latin words stay whole.
function wrapped(brush, line, width) {
  const pieces = line.match(/[A-Za-z0-9.:%+−/-]+|\s|./gu) || [""];
  const lines = [""];
  pieces.forEach((piece) => {
    const last = lines.length - 1;
    const closes = /^[，。、；：！？）》”]$/u.test(piece);
    if (!closes && lines[last] && brush.measureText(lines[last] + piece).width > width) lines.push(piece.trim());
    else lines[last] += piece;
  });
  return lines;
}

function nameOf(text) {
  return text.split(/[，。：\n]/u).slice(0, 2).join(" ").replace(/[\\/:*?"<>|]/g, "").slice(0, 40).trim() || "文字";
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
