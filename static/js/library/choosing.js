// Ticking many pieces: a range with shift, all that are shown, and what is done with them.
import { plural } from "../lib/format.js";
import { texts } from "../lib/texts.js";
import { enqueue, mark, moveTo, rowOf, toBin } from "./file_actions.js";

let anchor = null;

function ticks() {
  return [...document.querySelectorAll("[data-found] [data-tick]")];
}

export function tickedRows() {
  return ticks()
    .filter((tick) => tick.checked)
    .map(rowOf);
}

function show() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const all = ticks();
  const number = all.filter((tick) => tick.checked).length;
  bar.querySelector("[data-bulk-count]").textContent = plural(
    texts("library-texts").ticked,
    number,
  );
  const every = bar.querySelector("[data-tick-all]");
  every.checked = number > 0 && number === all.length;
  every.indeterminate = number > 0 && number < all.length;
  for (const tick of all) rowOf(tick).classList.toggle("is-ticked", tick.checked);
}

function tickAll(isTicked) {
  for (const tick of ticks()) tick.checked = isTicked;
  anchor = null;
  show();
}

function tickRange(tick) {
  const all = ticks();
  const [from, to] = [all.indexOf(anchor), all.indexOf(tick)].sort((a, b) => a - b);
  if (from < 0) return;
  for (const between of all.slice(from, to + 1)) between.checked = tick.checked;
}

document.addEventListener("click", (event) => {
  const label = event.target.closest("label.tick");
  const tick = event.target.closest("[data-tick]");
  // Shift would select the text between.
  if (label && event.shiftKey) getSelection().removeAllRanges();
  if (tick) {
    if (event.shiftKey && anchor?.isConnected) tickRange(tick);
    anchor = tick;
    show();
  } else if (event.target.closest("[data-tick-all]")) tickAll(event.target.checked);
  else if (event.target.closest("[data-enqueue]")) {
    enqueue(tickedRows());
    tickAll(false);
  }
});
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest("label.tick")) event.preventDefault();
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-bulk]") || event.submitter?.matches("[data-zip]")) return;
  event.preventDefault();
  const rows = tickedRows();
  if (!rows.length) return;
  const { mark: action } = event.submitter?.dataset ?? {};
  if (action) await mark(rows, action);
  else if (event.submitter?.value === "delete") await toBin(rows);
  else await moveTo(rows, event.target.elements.category.value.trim());
  show();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector(":popover-open, dialog[open]")) return;
  if (tickedRows().length) tickAll(false);
});
document.addEventListener("library:changed", show);
document.addEventListener("turbo:load", show);
