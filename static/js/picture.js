// 下载图片: turns an SVG address into a PNG, so that it can be pasted into a chat group.
// Without script the link downloads the SVG itself.
document.querySelectorAll("a[data-picture]").forEach((link) => {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      const drawing = await (await fetch(link.href, { credentials: "same-origin" })).text();
      save(await painted(drawing, 2), link.dataset.picture);
    } catch {
      window.location.assign(link.href);
    }
  });
});

function painted(drawing, scale) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth * scale;
      canvas.height = image.naturalHeight * scale;
      const brush = canvas.getContext("2d");
      brush.scale(scale, scale);
      brush.drawImage(image, 0, 0);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("empty"))), "image/png");
    };
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}`;
  });
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
