// Rows of pieces that are being made: their rings fill, asked for all together.
import { fill, runningTime, texts } from "../shown.js";

const EVERY_MS = 1500;
const MOST = 100;
let timer = 0;

function watched() {
  return [...document.querySelectorAll(".row[data-progress]")].slice(0, MOST);
}

async function look() {
  const rows = watched();
  if (!rows.length) return;
  const query = new URLSearchParams(rows.map((row) => ["file", row.dataset.file]));
  try {
    const answer = await fetch(`/library/states?${query}`, { headers: { Accept: "application/json" } });
    if (answer.ok) for (const file of (await answer.json()).files) show(file);
  } catch {
    // The server is away for a moment; the next look will tell.
  }
  watch();
}

function show(file) {
  const row = document.querySelector(`.row[data-file="${file.filename}"]`);
  if (!row) return;
  const isMade = ["queued", "speaking"].includes(file.status);
  const words = texts("row-texts");
  row.dataset.status = file.status;
  row.querySelector("[data-ring]")?.setAttribute("stroke-dasharray", `${file.progress * 100} 100`);
  const state = row.querySelector("[data-state]");
  state.textContent = words.states[file.status] ?? runningTime(file.duration);
  state.className = `row-state ${file.status}`;
  for (const trigger of row.querySelectorAll("[data-play]")) {
    const known = { ...JSON.parse(trigger.dataset.play), status: file.status, duration: file.duration };
    trigger.dataset.play = JSON.stringify(known);
  }
  if (isMade) return;
  delete row.dataset.progress;
  row.querySelector("[data-ring]")?.remove();
  tell(file, words);
}

function tell(file, words) {
  const told = document.querySelector("[data-list-note]");
  if (told && file.status === "ready") told.textContent = fill(words.ready, { name: file.name });
}

function watch() {
  clearTimeout(timer);
  timer = setTimeout(look, document.hidden ? 4 * EVERY_MS : EVERY_MS);
}

document.addEventListener("turbo:load", watch);
document.addEventListener("library:changed", watch);
watch();
