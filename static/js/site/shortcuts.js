// Keys for the player and the places; the dialog behind `?` shows them and can turn them off.
import { recall, remember } from "../lib/memory.js";
import { player } from "../player/player.js";

const NUDGE_S = 5;
const FASTER = 0.1;
const TYPING = "input:not([type=checkbox], [type=range]), select, textarea, [contenteditable]";
const PRESSABLE = "a, button, input, summary, [role=button], [role=menuitem], [role=option]";

const KEYS = {
  " ": () => player.toggle(),
  k: () => player.toggle(),
  j: () => player.skip(-15),
  l: () => player.skip(30),
  ArrowLeft: () => player.skip(-NUDGE_S),
  ArrowRight: () => player.skip(NUDGE_S),
  "<": () => player.setRate(player.rate - FASTER),
  ">": () => player.setRate(player.rate + FASTER),
  p: () => player.previous(),
  n: () => player.next(),
  P: () => player.previousChapter(),
  N: () => player.nextChapter(),
  c: () => player.chapters.all.length && document.getElementById("chapters-sheet").togglePopover(),
  m: () => player.setMuted(!player.isMuted),
  q: () => document.getElementById("queue-sheet")?.togglePopover(),
};
const ALWAYS = { "/": search, "?": help };

function search() {
  const field = document.querySelector("main [type=search]");
  if (field) return field.focus();
  const library = document.querySelector("[data-place=library]")?.href;
  if (!library) return;
  document.addEventListener("turbo:load", () => search(), { once: true });
  window.Turbo.visit(library);
}

function help() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog || dialog.open) return;
  dialog.querySelector("[data-keys]").checked = recall("keys", true);
  dialog.showModal();
}

function isElsewhere(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector("dialog[open]")) return true;
  return Boolean(event.target.closest?.(TYPING));
}

// A button that has the focus is pressed by the space bar, a slider moved by the arrows.
function isTheElementsOwn(event) {
  if (event.key === " ") return Boolean(event.target.closest(PRESSABLE));
  if (!event.key.startsWith("Arrow")) return false;
  return Boolean(
    event.target.closest("[type=range], [data-item-move], [role=menu], [role=listbox]"),
  );
}

document.addEventListener("keydown", (event) => {
  if (isElsewhere(event) || !recall("keys", true)) return;
  const action = ALWAYS[event.key] ?? (player.file && KEYS[event.key]);
  if (!action || isTheElementsOwn(event)) return;
  event.preventDefault();
  action();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys]")) remember("keys", event.target.checked);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-shortcuts]")) help();
});
