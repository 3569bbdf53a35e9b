// What this device does on its own: the service worker, kept pieces, and forgetting at log-out.
import "../offline/offline_button.js";
import "../offline/offline_list.js";
import { cacheName, dropCaches, kept } from "../offline/cache.js";
import { forgetOthers, isForgotten, leave } from "../lib/memory.js";

const SHELL_PAGE = "/offline";

// The page for times without the network is kept as this person last saw it.
async function keepShellPage() {
  const answer = await fetch(SHELL_PAGE, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected || isForgotten()) return;
  const cache = await caches.open(cacheName());
  await cache.put(SHELL_PAGE, answer);
}

async function install() {
  try {
    await kept.settle();
    const worker = await navigator.serviceWorker.register("/worker.js", { scope: "/" });
    // One that was there before, as while the browser's storage is being cleared, is not activated
    // again, which is when it takes pages over.
    if (!navigator.serviceWorker.controller) worker.active?.postMessage("claim");
    await keepShellPage();
  } catch {
    // Without it everything works but being offline.
  }
}

forgetOthers();
if (kept.isPossible) {
  if (document.readyState === "complete") install();
  else addEventListener("load", install, { once: true });
}

document.addEventListener("turbo:load", () => {
  for (const part of document.querySelectorAll("[data-needs-caches]"))
    part.hidden = !kept.isPossible;
  for (const part of document.querySelectorAll("[data-when-offline]"))
    part.hidden = navigator.onLine;
});

// Nothing of a person stays in a browser that they left, nor in its other tabs.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-log-out]");
  if (!form) return;
  event.preventDefault();
  leave();
  if (kept.isPossible) await dropCaches();
  form.submit();
});
