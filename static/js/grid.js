// The grid of the weekly form: every cell is saved as it is typed. What could not be sent stays in this browser under
// the name of the person and the return, and is sent when the network or the sign-in is back.
import { freshTokens, send } from "./sending.js";

const PAUSE = 700;
const AGAIN = [3000, 6000, 12000, 30000];
const form = document.querySelector("form[data-grid]");
if (form) start();

function start() {
  const key = form.dataset.keep;
  const state = form.querySelector("[data-save-state]");
  const signIn = form.querySelector("[data-sign-in]");
  const boxes = new Map([...form.querySelectorAll("[data-cell]")].map((box) => [box.name, box]));
  const base = new Map();    // what the server holds, as far as this page knows
  const waiting = new Map(); // what is typed and not yet stored
  const earlier = new Map(); // what was never stored and something else was typed over unseen; told as long as the row is a draft
  let timer = 0;
  let tries = 0;
  let running = null;

  const text = (box) => (box.type === "checkbox" ? (box.checked ? "on" : "") : box.value);
  const put = (box, value) => {
    if (box.type === "checkbox") box.checked = value === "on";
    else box.value = value;
  };
  const say = (words, kind) => {
    state.textContent = words;
    state.dataset.kind = kind;
    signIn.hidden = kind !== "signed-out";
  };

  // -- what this browser keeps -------------------------------------------------------------------------
  const kept = () => {
    try { return JSON.parse(window.localStorage.getItem(key)) || {}; } catch { return {}; }
  };
  const keep = (changed) => {
    try {
      const all = kept();
      changed.forEach((name) => {
        if (waiting.has(name)) all[name] = [base.get(name), waiting.get(name), earlier.get(name)];
        else if (earlier.has(name)) all[name] = [null, null, earlier.get(name)];
        else delete all[name];
      });
      if (Object.keys(all).length) window.localStorage.setItem(key, JSON.stringify(all));
      else window.localStorage.removeItem(key);
      return true;
    } catch {
      return false; // no room, or a browser that keeps nothing: the page itself still holds it
    }
  };

  // -- saving ------------------------------------------------------------------------------------------
  const later = (pause) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  };

  const typed = (box) => {
    const name = box.name;
    if (text(box) === base.get(name)) waiting.delete(name);
    else waiting.set(name, text(box));
    const safe = keep([name]);
    if (!waiting.size) return;
    if (state.dataset.kind !== "signed-out" && state.dataset.kind !== "no-network") say("正在填写，稍后自动保存", "typing");
    if (safe) form.dispatchEvent(new CustomEvent("face:saved")); // nothing is lost by leaving
    if (!tries) later(PAUSE);
  };

  const rowsToSend = () => {
    const rows = {};
    waiting.forEach((value, name) => {
      const [, pk, field] = name.match(/^p(\d+)-(.+)$/);
      rows[pk] = rows[pk] || { seen: form.elements[`p${pk}-seen`].value, cells: {} };
      rows[pk].cells[field] = [base.get(name), value];
    });
    return rows;
  };

  async function saveOnce() {
    window.clearTimeout(timer);
    const sent = new Map(waiting);
    const rows = rowsToSend();
    const body = JSON.stringify({ person: Number(form.dataset.person), version: Number(form.dataset.version), rows });
    const { state: found, data } = await send(form.dataset.save, body, { "Content-Type": "application/json" });
    if (found === "done") {
      tries = 0;
      const clashing = settle(sent, data.rows);
      freshTokens(form);
      form.dispatchEvent(new CustomEvent("face:saved", { bubbles: true }));
      if (clashing) say("有一格您在另一处填的不同，见该项目下的说明", "refused");
      else if (waiting.size) later(PAUSE);
      else say([`已保存 ${data.saved}`, ofEarlier()].filter(Boolean).join("；"), "saved");
      return !waiting.size || clashing;
    }
    if (found === "refused") {
      tries = 0;
      say(`没有保存：${data.refused}`, "refused");
      return false;
    }
    say(found === "signed-out" ? "未保存，登录已过期；重新登录后回到本页，填的内容都在。" : "未保存，网络中断，恢复后自动保存", found);
    later(AGAIN[Math.min(tries, AGAIN.length - 1)]);
    tries += 1;
    return false;
  }

  async function save() {
    if (running) await running;
    if (!waiting.size) return true;
    running = saveOnce();
    try { return await running; } finally { running = null; }
  }

  // -- what the answer says ----------------------------------------------------------------------------
  const forget = (name) => { // what the server holds now was stored after all
    const left = (earlier.get(name) || []).filter((value) => value !== base.get(name));
    if (left.length) earlier.set(name, left);
    else earlier.delete(name);
  };
  const settle = (sent, rows) => {
    let clashing = false;
    sent.forEach((value, name) => {
      const [, pk, field] = name.match(/^p(\d+)-(.+)$/);
      const clash = rows[pk].clashes[field];
      base.set(name, clash ? clash.now : value);
      forget(name);
      clashing = clashing || Boolean(clash);
      if (waiting.get(name) === base.get(name)) waiting.delete(name);
    });
    keep([...sent.keys()]);
    Object.entries(rows).forEach(([pk, row]) => showRow(pk, row));
    return clashing;
  };

  const shown = (box, value) => (box.type === "checkbox" ? (value ? "是" : "否") : value || "空");
  const drawn = ([kind, words]) => {
    const line = document.createElement("p");
    line.className = `said-${kind}`;
    line.textContent = words;
    return line;
  };
  const lost = (name) => earlier.get(name).filter((value) => value !== text(boxes.get(name))); // what the cell says again is not
  const ofEarlier = () => {
    const count = [...earlier.keys()].filter((name) => lost(name).length).length;
    return count ? `有 ${count} 格上次填的没有存上，和后来填的不同，见该项目下的说明` : "";
  };
  const earlierLines = (pk) => [...earlier.keys()].filter((name) => name.startsWith(`p${pk}-`)).flatMap((name) => {
    const box = boxes.get(name);
    return lost(name).map((value) => ["earlier", `${box.dataset.cell}：上次填的“${shown(box, value)}”没有存上，格内是您后来填的；要用上次的，请照着改回。`]);
  });

  const showRow = (pk, row) => {
    const list = form.querySelector(`[data-said="${pk}"]`);
    const lines = [...earlierLines(pk), ...row.sentences];
    Object.entries(row.clashes).forEach(([field, clash]) => {
      const box = boxes.get(`p${pk}-${field}`);
      lines.unshift(["fault", `${box.dataset.cell}：您 ${clash.at} 在另一处填的是“${shown(box, clash.now)}”，这里填的还没有保存。再改一次或点“写入周报”，就以这里为准。`]);
    });
    list.replaceChildren(...lines.map(drawn));
    list.closest("tr").hidden = !lines.length;
    const drop = form.querySelector(`[data-drop="${pk}"]`);
    drop.hidden = !row.written; // what the return holds otherwise is told in the lines above it
    if (row.written) drop.firstElementChild.value = `${pk} ${row.written}`;
    list.closest("tr").classList.toggle("warm", !lines.some(([kind]) => kind === "fault"));
    boxes.forEach((box, name) => {
      if (!name.startsWith(`p${pk}-`)) return;
      const wrong = row.faulty.includes(name.slice(pk.length + 2));
      box.closest("td").classList.toggle("cell-fault", wrong);
      if (wrong) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
    });
    const mark = form.querySelector(`[data-row-state="${pk}"] .mark`);
    mark.textContent = "草稿";
    mark.className = "mark mark-waiting";
  };

  // -- moving as in a spreadsheet ----------------------------------------------------------------------
  const column = (box) => {
    const field = box.name.replace(/^p\d+-/, "");
    return [...boxes.values()].filter((other) => other.name.endsWith(`-${field}`));
  };
  const besides = (box, step) => {
    const row = [...box.closest(".grid-row").querySelectorAll("[data-cell]")]; // both lines of a project
    return row[row.indexOf(box) + step];
  };
  const below = (box, step) => {
    const cells = column(box);
    return cells[cells.indexOf(box) + step];
  };
  const go = (event, box) => {
    event.preventDefault();
    if (!box) return;
    box.focus();
    if (box.select) box.select();
  };
  const isGrid = () => window.matchMedia("(min-width: 641px)").matches;
  form.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-cell]");
    if (!box || event.isComposing || event.ctrlKey || event.metaKey || !isGrid()) return;
    const many = box.tagName === "TEXTAREA";
    const ticks = box.type === "checkbox";
    const atStart = ticks || (box.selectionStart === 0 && box.selectionEnd === 0);
    const all = !ticks && box.value && box.selectionStart === 0 && box.selectionEnd === box.value.length;
    const atEnd = ticks || box.selectionStart === box.value.length;
    if (event.key === "Enter" && many && (event.altKey || event.shiftKey)) {
      event.preventDefault();
      box.setRangeText("\n", box.selectionStart, box.selectionEnd, "end");
      typed(box);
    } else if (event.key === "Enter") go(event, below(box, event.shiftKey ? -1 : 1) || box);
    else if (event.altKey || event.shiftKey) return;
    else if (event.key === "ArrowDown" && (!many || atEnd || all)) go(event, below(box, 1) || box);
    else if (event.key === "ArrowUp" && (!many || atStart || all)) go(event, below(box, -1) || box);
    else if (event.key === "ArrowRight" && atEnd && !all) go(event, besides(box, 1) || box);
    else if (event.key === "ArrowLeft" && atStart && !all) go(event, besides(box, -1) || box);
  });

  // A block that was copied in a spreadsheet fills the cells to the right and below.
  form.addEventListener("paste", (event) => {
    const first = event.target.closest("[data-cell]");
    const words = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!first || !words.includes("\t") || !isGrid()) return;
    event.preventDefault();
    let line = first;
    words.split("\n").forEach((row) => {
      let box = line;
      row.split("\t").forEach((value) => {
        if (!box) return;
        put(box, box.type === "checkbox" ? (value.trim() === "是" ? "on" : "") : value.trim());
        typed(box);
        box = besides(box, 1);
      });
      line = line && below(line, 1);
    });
  });

  // -- the way of the page -----------------------------------------------------------------------------
  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-cell]");
    if (box) typed(box);
  });
  form.addEventListener("submit", async (event) => {
    if (!waiting.size) return;
    event.preventDefault();
    const button = event.submitter;
    const drops = button && button.name === "drop";
    const told = drops && button.value;
    const saved = await save();
    // Giving up a row leaves nothing of another behind, and nothing that was told just now goes unread.
    if (saved && !(drops && (waiting.size || button.value !== told))) form.requestSubmit(button);
    else state.scrollIntoView({ block: "nearest" });
  });
  const retry = () => { if (waiting.size && tries) { tries = Math.min(tries, 1); later(0); } };
  window.addEventListener("online", retry);
  window.addEventListener("focus", retry);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) retry(); });

  boxes.forEach((box, name) => base.set(name, box.type === "checkbox" ? (box.defaultChecked ? "on" : "") : box.defaultValue));
  // Typed while this script was still on its way: the form has autocomplete="off", so what differs from the page was typed.
  const early = [...boxes.values()].filter((box) => text(box) !== base.get(box.name));
  const back = [];
  Object.entries(kept()).forEach(([name, [before, after, older]]) => {
    const box = boxes.get(name);
    if (!box) return;
    const drafted = form.querySelector(`[data-row-state="${name.match(/^p(\d+)-/)[1]}"] .mark-waiting`);
    if (older && (drafted || before !== null)) earlier.set(name, older);
    forget(name);
    if (before === null || after === base.get(name)) return;
    if (early.includes(box)) {
      if (after !== text(box)) earlier.set(name, [...(earlier.get(name) || []), after]);
      return;
    }
    base.set(name, before);
    waiting.set(name, after);
    put(box, after);
    back.push(name);
  });
  keep(Object.keys(kept()));
  form.dataset.ready = "1";
  if (back.length) {
    say(`上次没有存上的 ${back.length} 格已找回，正在保存`, "typing");
    later(0);
  } else if (ofEarlier()) say(ofEarlier(), "typing");
  new Set([...earlier.keys()].map((name) => name.match(/^p(\d+)-/)[1])).forEach((pk) => {
    const lines = earlierLines(pk);
    if (!lines.length) return;
    const list = form.querySelector(`[data-said="${pk}"]`);
    list.prepend(...lines.map(drawn));
    list.closest("tr").hidden = false;
  });
  early.forEach(typed);
}
