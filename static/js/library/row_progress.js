// Rows of pieces that are being made: their rings fill, asked for all together.
import { rest } from "../lib/poll.js";
import { runningTime } from "../lib/format.js";
import { fill, texts } from "../lib/texts.js";

const EVERY_MS = 1500;
const MOST = 100;
let turn = 0;

function watched() {
  if (!document.getElementById("row-texts")) return [];
  return [...document.querySelectorAll(".row[data-progress]")].slice(0, MOST);
}

async function look() {
  const rows = watched();
  if (!rows.length) return;
  const query = new URLSearchParams(
    rows.flatMap((row) => [
      ["file", row.dataset.file],
      ["seen", row.dataset.seen ?? ""],
    ]),
  );
  try {
    const answer = await fetch(`/library/states?${query}`, {
      headers: { Accept: "application/json" },
    });
    if (answer.ok) take(await answer.json());
  } catch {
    // The server is away for a moment; the next look will tell.
  }
  watch();
}

function rowOf(filename) {
  return document.querySelector(`.row[data-file="${filename}"]`);
}

function take({ files, gone }) {
  for (const file of files) show(file);
  for (const filename of gone) delete rowOf(filename)?.dataset.progress;
}

function show(file) {
  const row = rowOf(file.filename);
  if (!row) return;
  row.dataset.seen = `${file.status}:${file.spoken_characters}:${file.waits_for_code ?? ""}`;
  const isMade = ["queued", "speaking"].includes(file.status);
  const words = texts("row-texts");
  row.dataset.status = file.status;
  row.querySelector("[data-ring]")?.setAttribute("stroke-dasharray", `${file.progress * 100} 100`);
  const state = row.querySelector("[data-state]");
  state.textContent =
    file.waits_for_label ?? words.states[file.status] ?? runningTime(file.duration);
  state.className = `row-state ${file.status}`;
  for (const trigger of row.querySelectorAll("[data-play]")) {
    const known = {
      ...JSON.parse(trigger.dataset.play),
      status: file.status,
      duration: file.duration,
    };
    trigger.dataset.play = JSON.stringify(known);
  }
  document.dispatchEvent(new CustomEvent("piece:state", { detail: file }));
  if (isMade) return;
  delete row.dataset.progress;
  row.querySelector("[data-ring]")?.remove();
  tell(file, words);
}

function tell(file, words) {
  const told = document.querySelector("[data-list-note]");
  if (told && file.status === "ready") told.textContent = fill(words.ready, { name: file.name });
}

async function watch() {
  const own = (turn += 1);
  await rest(EVERY_MS);
  if (own === turn) look();
}

document.addEventListener("turbo:load", watch);
document.addEventListener("library:changed", watch);
watch();
