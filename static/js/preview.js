// The main button of 核对上传内容 says what it will do as it is decided now; without script it says what was saved.
const form = document.querySelector("[data-preview]");
const button = document.querySelector("#write");
const sentence = document.querySelector("[data-outcome]");

// A merged cell is written by the first of its rows that is let in: by this one once all before it are held.
const isHeld = (number) => form.querySelector(`#r${number} input[type=radio][value=hold]`)?.checked;
const speaks = (row) => JSON.parse(row.dataset.behind || "[]").some((before) => before.every(isHeld));
const isUnmoved = (row) => row.querySelector("input[type=radio][value=take]:checked") && !speaks(row);

function say() {
  const all = form.querySelectorAll("input[type=radio][value=hold]");
  let held = 0;
  for (const radio of all) held += radio.checked ? 1 : 0;
  const shownTaken = all.length - held;
  const taken = Number(form.dataset.takenElsewhere || 0) + shownTaken;
  const kept = Number(form.dataset.heldElsewhere || 0) + held;
  const unmoved = [...form.querySelectorAll("[data-same]")].filter(isUnmoved).length;
  const same = Number(form.dataset.sameElsewhere || 0) + unmoved;
  const written = taken - same;
  const rest = [kept ? `暂留 ${kept} 行` : "", same ? `${written ? "其余 " : ""}${same} 行没有变化` : ""]; // as Outcome says it
  const said = (first) => [first, ...rest].filter(Boolean).join("，");
  if (button) button.textContent = written ? said(`写入 ${written} 行`) : "按以上处理确认";
  if (sentence) sentence.textContent = `${said(written ? `${written} 行写入${sentence.dataset.period}` : "没有行要写入")}。`;
}

if (form) form.addEventListener("change", (event) => { if (event.target.type === "radio") say(); });
