// Voices to install: a recording of each can be heard; the bars of those on their way move, and they
// join the installed ones, without a reload.
import { rest } from "../lib/poll.js";

const EVERY_MS = 2000;

let turn = 0;
const recording = new Audio();

document.addEventListener("turbo:load", follow);
document.addEventListener("turbo:before-visit", () => recording.pause());
document.addEventListener("click", hear);
follow();

function hear(event) {
  const link = event.target.closest?.("a[data-hear]");
  if (!link) return;
  event.preventDefault();
  const told = document.querySelector("[data-heard]");
  told.className = "hidden";
  if (recording.src === link.href && !recording.paused) {
    recording.pause();
    return;
  }
  recording.src = link.href;
  recording.play().catch((error) => {
    if (error.name === "AbortError") return;
    told.textContent = told.dataset.failed;
    told.className = "sentence bad";
  });
}

async function follow() {
  const own = (turn += 1);
  if (!document.querySelector("#voices-under-way[data-going]")) return;
  await rest(EVERY_MS);
  if (own === turn) look();
}

// What can be installed does not change meanwhile, and is long.
async function look() {
  const address = new URL(location.href);
  address.searchParams.set("part", "live");
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!document.querySelector("#voices-under-way")) return;
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
        part.replaceWith(fresh);
      }
    }
  }
  follow();
}
