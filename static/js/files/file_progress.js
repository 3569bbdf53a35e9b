// The file page while its piece is made: how much is spoken, and the rest once it is whole.
import { text } from "../lib/texts.js";
import { runningTime } from "../lib/format.js";
import { follow, isUnfinished } from "../player/state_poll.js";

const SURE_AFTER_S = 3;
let first = null;

function inWords(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return runningTime(seconds);
}

// Over what was spoken since this page first looked, the rest takes so long.
function timeLeft({ filename, progress }) {
  if (first?.filename !== filename) first = { filename, progress, at: performance.now() };
  const spoken = progress - first.progress;
  const seconds = (performance.now() - first.at) / 1000;
  if (spoken <= 0 || seconds < SURE_AFTER_S) return "";
  return text("left", { time: inWords((seconds / spoken) * (1 - progress)) });
}

function show(file) {
  const percent = Math.round(file.progress * 100);
  const bar = document.querySelector("[data-bar]");
  const note = document.querySelector("[data-making-note]");
  if (bar) bar.value = percent;
  if (note && file.waits_for) {
    note.textContent = file.waits_for;
  } else if (note && file.status === "queued") {
    note.textContent = text("turn");
  } else if (note && file.status === "speaking") {
    note.textContent = [text("spoken_percent", { percent }), timeLeft(file)]
      .filter(Boolean)
      .join(" ");
  }
  const cost = document.querySelector("[data-cost]");
  if (cost && file.cost_shown) cost.textContent = file.cost_shown;
}

// Every chapter can be played from now.
async function renewChapters() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(
    () => null,
  );
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(".chapters");
  if (fresh) document.querySelector(".chapters")?.replaceWith(fresh);
}

function finish(file) {
  if (file.status !== "ready") return window.Turbo.visit(location.href, { action: "replace" });
  show({ ...file, progress: 1 });
  document.querySelector("[data-making]")?.classList.add("is-made");
  const note = document.querySelector("[data-making-note]");
  if (note) note.textContent = text("all_spoken");
  const length = document.querySelector("[data-spoken-length]");
  if (length) length.textContent = file.length_shown;
  for (const part of document.querySelectorAll("[data-ready-only]")) part.hidden = false;
  if (document.querySelector(".chapters")) renewChapters();
}

let stop = () => {};
document.addEventListener("turbo:load", () => {
  stop();
  const making = document.querySelector("[data-making]");
  const trigger = document.querySelector("main [data-play]");
  if (!making || !trigger) return;
  const { filename } = JSON.parse(trigger.dataset.play);
  stop = follow(filename, (file) => {
    if (!making.isConnected) return stop();
    if (isUnfinished(file)) show(file);
    else finish(file);
  });
});
