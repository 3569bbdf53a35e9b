// Rows are dragged to a group; all ticked ones come along with a ticked one.
import { moveTo, rowOf } from "./file_actions.js";
import { tickedRows } from "./choosing.js";

const KIND = "application/x-voiceverse";
let dragged = [];

function target(event) {
  return dragged.length ? event.target.closest?.("[data-drop]") : null;
}

document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.(".row[draggable]");
  if (!row) return;
  const ticked = tickedRows();
  dragged = ticked.includes(row) ? ticked : [row];
  event.dataTransfer.setData(KIND, String(dragged.length));
  event.dataTransfer.effectAllowed = "move";
  for (const each of dragged) each.classList.add("is-dragged");
  document.querySelector("[data-groups]")?.classList.add("is-waiting");
});
document.addEventListener("dragover", (event) => {
  const group = target(event);
  if (!group) return;
  event.preventDefault();
  group.classList.add("is-over");
});
document.addEventListener("dragleave", (event) => target(event)?.classList.remove("is-over"));
document.addEventListener("drop", (event) => {
  const group = target(event);
  if (!group) return;
  event.preventDefault();
  moveTo(dragged.map(rowOf), group.dataset.group);
});
document.addEventListener("dragend", () => {
  for (const each of dragged) each.classList.remove("is-dragged");
  dragged = [];
  document.querySelector("[data-groups]")?.classList.remove("is-waiting");
  for (const group of document.querySelectorAll("[data-drop].is-over"))
    group.classList.remove("is-over");
});
