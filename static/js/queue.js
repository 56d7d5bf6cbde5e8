// Photographs leave the phone one by one, each with its progress. What could not be sent stays in this browser until it
// is stored or given up, also when the page is left; the server keeps the same photograph only once.
import { token } from "./sending.js";

const AGAIN = [3000, 6000, 12000, 30000];
const LARGEST = 20 * 1024 * 1024;
const KEPT_DAYS = 7;
const form = document.querySelector("form[data-photo-queue]");
if (form) start();

// -- what this browser keeps ---------------------------------------------------------------------------
function store() {
  return new Promise((resolve, reject) => {
    const asked = window.indexedDB.open("photo-queue", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("photos", { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, act) {
  const base = await store();
  return new Promise((resolve, reject) => {
    const work = base.transaction("photos", mode);
    const asked = act(work.objectStore("photos"));
    work.oncomplete = () => { base.close(); resolve(asked.result); };
    work.onerror = () => { base.close(); reject(work.error); };
    work.onabort = () => { base.close(); reject(work.error); };
  });
}

function start() {
  const place = form.dataset.place; // person and project
  const list = document.querySelector("[data-queue-list]");
  const part = document.querySelector("[data-queue]");
  const box = document.querySelector("[data-queue-box]");
  const state = document.querySelector("[data-queue-state]");
  const signIn = document.querySelector("[data-sign-in]");
  const pick = form.querySelector("input[type=file]");
  const waiting = [];
  let stored = 0;
  let tries = 0;
  let timer = 0;
  let busy = false;

  const line = (entry) => {
    const row = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = entry.name;
    const words = document.createElement("span");
    words.className = "queue-words";
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `${entry.name} 上传进度`);
    row.append(name, words, bar);
    list.append(row);
    part.hidden = false;
    return { row, words, bar };
  };
  const tell = (entry, kind, words) => {
    entry.line.words.textContent = words;
    entry.line.row.dataset.kind = kind;
    entry.line.bar.hidden = kind !== "sending";
  };

  const add = (entry) => {
    entry.line = line(entry);
    tell(entry, "waiting", "等待上传");
    waiting.push(entry);
  };
  const forget = async (entry) => {
    if (entry.id === undefined) return;
    try { await within("readwrite", (photos) => photos.delete(entry.id)); } catch { /* it is offered once more, and not stored twice */ }
  };
  const keep = async (entry) => {
    const { name, file, fields } = entry;
    try {
      entry.id = await within("readwrite", (photos) => photos.add({ place, name, file, fields, at: Date.now() }));
      return true;
    } catch {
      return false; // no room, or a browser that keeps nothing
    }
  };

  // -- sending -----------------------------------------------------------------------------------------
  const sendOne = (entry) => new Promise((resolve) => {
    const body = new FormData();
    Object.entries(entry.fields).forEach(([key, value]) => body.append(key, value));
    body.append("photos", entry.file, entry.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.photoQueue);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      const done = Math.floor((event.loaded / event.total) * 100);
      entry.line.bar.value = done;
      tell(entry, "sending", done < 100 ? `上传 ${done}%` : "等平台收下");
    };
    request.onerror = () => resolve({ state: "no-network" });
    request.onload = () => {
      let data = null;
      try { data = JSON.parse(request.responseText); } catch { data = null; }
      if (request.status === 200 && data) resolve({ state: "stored", data });
      else if (data && data.refused) resolve({ state: "refused", data });
      else if (request.status === 403 || request.status === 200) resolve({ state: "signed-out" });
      else resolve({ state: "no-network" });
    };
    request.send(body);
  });

  async function work() {
    window.clearTimeout(timer);
    if (busy) return;
    busy = true;
    while (waiting.length) {
      const entry = waiting[0];
      tell(entry, "sending", "上传 0%");
      const { state: found, data } = await sendOne(entry);
      if (found === "stored" || found === "refused") {
        tries = 0;
        waiting.shift();
        await forget(entry);
        if (found === "stored") stored += 1;
        tell(entry, found, found === "refused" ? `没有收：${data.refused}` : data.said.join("") || "已收下");
      } else {
        tell(entry, "waiting", "还没有上传");
        say(found);
        timer = window.setTimeout(work, AGAIN[Math.min(tries, AGAIN.length - 1)]);
        tries += 1;
        break;
      }
      say("");
    }
    busy = false;
  }

  const say = (trouble) => {
    const look = trouble ? "alert-caution" : waiting.length || !stored ? "" : "alert-done";
    box.className = `alert ${look}`.trim();
    signIn.hidden = trouble !== "signed-out";
    if (trouble === "signed-out") state.textContent = `登录已过期，还有 ${waiting.length} 张没有上传；重新登录后回到本页接着传。`;
    else if (trouble) state.textContent = `网络中断，还有 ${waiting.length} 张没有上传，恢复后自动接着传。`;
    else if (waiting.length) state.textContent = `正在上传，还有 ${waiting.length} 张。`;
    else state.textContent = stored ? `都传完了，收下 ${stored} 张。可以再选照片，或回到照片页。` : "都处理完了。";
  };

  // -- the way of the page -----------------------------------------------------------------------------
  form.addEventListener("submit", async (event) => {
    const typed = new FormData(form);
    // That nothing was chosen the page itself says, as without scripts; what was chosen is not lost over a word.
    if (!pick.files.length) return;
    event.preventDefault();
    const missing = [["stage", "时期"], ["spot", "位置"]].find(([key]) => !String(typed.get(key) || "").trim());
    if (missing) {
      part.hidden = false;
      state.textContent = `先填${missing[1]}再上传，选好的 ${pick.files.length} 张照片还在。`;
      const field = form.querySelector(`[name=${missing[0]}]`);
      field.focus();
      field.scrollIntoView({ block: "center" });
      return;
    }
    const fields = {};
    ["stage", "estate", "spot", "note"].forEach((key) => { fields[key] = typed.get(key) || ""; });
    let safe = true;
    for (const file of [...pick.files]) {
      const entry = { name: file.name, file, fields };
      if (file.size > LARGEST) {
        entry.line = line(entry);
        tell(entry, "refused", `没有收：${(file.size / 1024 / 1024).toFixed(1)} MB，每张不超过 20 MB。`);
        continue;
      }
      safe = (await keep(entry)) && safe;
      add(entry);
    }
    pick.value = "";
    if (safe) form.dispatchEvent(new CustomEvent("face:saved")); // the page may be left
    say("");
    if (!safe) state.textContent += "这台设备存不下，传完以前请不要关闭本页。";
    work();
  });
  const retry = () => { if (waiting.length && tries) { tries = 1; work(); } };
  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) retry(); });

  const found = async () => {
    let all = [];
    try { all = await within("readonly", (photos) => photos.getAll()); } catch { return; }
    for (const entry of all) {
      if (Date.now() - entry.at > KEPT_DAYS * 86400000) await forget(entry);
      else if (entry.place === place) add(entry);
    }
    if (waiting.length) {
      state.textContent = `上次没有传完的 ${waiting.length} 张，接着上传。`;
      work();
    }
  };
  form.dataset.ready = "1";
  found();
}
