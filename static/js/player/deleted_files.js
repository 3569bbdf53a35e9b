// Pieces that were deleted leave the player: after a deletion on this page or in another tab, and
// when a page is shown again, the server is asked which ones are gone. All of them leave when the
// person does, in whichever tab.
import { forgetEverything, isForgotten } from "../lib/memory.js";
import { player } from "./player.js";

const TAKES_AWAY = /\/(delete|bulk|purge)$/;
const MOST = 100;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("voiceverse") : null;

function sent(address) {
  if (!TAKES_AWAY.test(new URL(address, location).pathname)) return;
  look();
  tabs?.postMessage("deleted");
}

async function look() {
  const names = new Set([player.file, ...player.queue.items].map((item) => item?.filename));
  names.delete(undefined);
  if (!names.size) return;
  const query = new URLSearchParams([...names].slice(0, MOST).map((name) => ["file", name]));
  try {
    const answer = await fetch(`/library/states?only=gone&${query}`, {
      headers: { Accept: "application/json" },
    });
    if (answer.status === 401) return player.close();
    const { gone } = answer.ok ? await answer.json() : { gone: [] };
    if (gone.length) player.forget(gone);
  } catch {
    // The server is away for a moment; when the page is shown again it is asked again.
  }
}

document.addEventListener("form:sent", ({ detail }) => sent(detail.address));
document.addEventListener("turbo:submit-end", ({ detail }) => {
  if (detail.success) sent(detail.formSubmission.location);
});
document.addEventListener("visibilitychange", () => document.hidden || look());
tabs?.addEventListener("message", ({ data }) => {
  if (data === "deleted") look();
  if (data !== "left") return;
  forgetEverything();
  player.close();
  window.Turbo.cache.clear();
});
// Whoever comes next is remembered again: their first page starts the scripts anew.
document.addEventListener("turbo:before-visit", (event) => {
  if (!isForgotten()) return;
  event.preventDefault();
  location.assign(event.detail.url);
});
