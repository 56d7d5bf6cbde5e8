// The main button of 核对上传内容 says what it will do as it is decided now; without script it says what was saved.
const form = document.querySelector("[data-preview]");
const button = document.querySelector("#write");
const sentence = document.querySelector("[data-outcome]");

function say() {
  const all = form.querySelectorAll("input[type=radio][value=hold]");
  let held = 0;
  for (const radio of all) held += radio.checked ? 1 : 0;
  const shownTaken = all.length - held;
  const taken = Number(form.dataset.takenElsewhere || 0) + shownTaken;
  const kept = Number(form.dataset.heldElsewhere || 0) + held;
  const unmoved = form.querySelectorAll("[data-same] input[type=radio][value=take]:checked").length;
  const same = Number(form.dataset.sameElsewhere || 0) + unmoved;
  if (taken <= same) {
    const rows = [kept ? `${kept} 行暂留` : "", same ? `${same} 行没有变化` : ""].filter(Boolean);
    if (button) button.textContent = "按以上处理确认";
    if (sentence) sentence.textContent = `${["没有行要写入", ...rows].join("，")}。`;
    return;
  }
  const parts = [`写入 ${taken - same} 行`];
  if (kept) parts.push(`暂留 ${kept} 行`);
  if (same) parts.push(`其余 ${same} 行没有变化`);
  if (button) button.textContent = parts.join("，");
  const rest = same ? `，其余 ${same} 行没有变化` : "";
  if (sentence) sentence.textContent = `${taken - same} 行写入${sentence.dataset.period}，${kept} 行暂留${rest}。`;
}

if (form) form.addEventListener("change", (event) => { if (event.target.type === "radio") say(); });
