// Anything with data-play plays its piece when it is pressed, and shows whether it does now;
// data-queue puts its piece into the queue.
import { text } from "../lib/texts.js";
import { player } from "./player.js";

let isBackOrForward = false;
let wasSpoken = false;

function mark() {
  const { file, sound } = player;
  for (const trigger of document.querySelectorAll("[data-play]")) {
    const own = JSON.parse(trigger.dataset.play);
    const isThis = own.filename === file?.filename && own.at_s === undefined;
    if (isThis && file.version && own.version && own.version !== file.version) player.changed(own);
    const isPlaying = isThis && !sound.isPaused;
    trigger.classList.toggle("is-current", isThis);
    if (trigger.classList.toggle("is-playing", isPlaying) === (trigger.dataset.told === "playing"))
      continue;
    trigger.dataset.told = isPlaying ? "playing" : "";
    if (trigger.hasAttribute("aria-label"))
      trigger.setAttribute(
        "aria-label",
        text(isPlaying ? "pause_named" : "play_named", { name: own.name }),
      );
  }
}

// A piece that was just sent to be spoken starts by itself, others only into silence.
function start() {
  const trigger = document.querySelector("[data-play-now]");
  const mayStart = trigger && !isBackOrForward && (wasSpoken || player.sound.isPaused);
  const isAsked = new URLSearchParams(location.search).has("play");
  if (isAsked) history.replaceState(history.state, "", location.pathname);
  if (mayStart || (trigger && isAsked && !isBackOrForward))
    player.play(JSON.parse(trigger.dataset.play));
  trigger?.removeAttribute("data-play-now");
  wasSpoken = false;
}

document.addEventListener(
  "click",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    const trigger = event.target.closest("[data-play], [data-queue-add]");
    if (!trigger) return;
    event.preventDefault();
    if (trigger.dataset.play) return player.press(JSON.parse(trigger.dataset.play));
    player.add([JSON.parse(trigger.dataset.queueAdd)]);
  },
  true,
);
document.addEventListener("turbo:visit", (event) => {
  isBackOrForward = event.detail.action === "restore";
});
document.addEventListener("turbo:submit-end", (event) => {
  const { fetchResponse, formSubmission, success } = event.detail;
  if (success && fetchResponse?.redirected && formSubmission.formElement.matches("[data-studio]"))
    wasSpoken = true;
});
document.addEventListener("turbo:load", () => {
  start();
  mark();
});
player.addEventListener("change", mark);
