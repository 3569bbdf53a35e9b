// The page of a piece of which a passage is being spoken anew: shown again once that is done.
import { rest } from "../lib/poll.js";
import { text } from "../lib/texts.js";

const LOOK_AGAIN_MS = 400;

async function look(part) {
  if (!part.isConnected) return;
  const filename = part.dataset.changing;
  let isQueued = true;
  try {
    const answer = await fetch(`/files/${filename}/retake`, {
      headers: { Accept: "application/json" },
    });
    if (answer.ok) {
      const change = await answer.json();
      isQueued = change.status === "queued";
      const note = part.querySelector("[role=status]");
      const told = change.waits_for ?? text("changing");
      if (isQueued && note.textContent !== told) note.textContent = told;
    }
  } catch {
    // The server is away for a moment; the next look will tell.
  }
  if (isQueued) {
    await rest(LOOK_AGAIN_MS);
    return look(part);
  }
  // Turbo comes after what the page itself needs.
  await customElements.whenDefined("turbo-frame");
  if (part.isConnected) window.Turbo.visit(location.href, { action: "replace" });
}

// The script may arrive before the page is shown or after it.
let watched = null;
function watch() {
  const part = document.querySelector("[data-changing]");
  if (part && part !== watched) look(part);
  watched = part;
}

document.addEventListener("turbo:load", watch);
watch();
