// The menu of a row: by ⋯, by right click, by the keys of the row that has the focus.
import { openShare } from "../sharing/share_item.js";
import { ask, enqueue, mark, moveTo, playData, rowOf, toBin } from "./file_actions.js";
import { rename } from "./renaming.js";

const EDGE_PX = 8;
let current = null;

function menu() {
  return document.getElementById("row-menu");
}

function items() {
  return [...menu().querySelectorAll("[role=menuitem]")].filter((item) => !item.hidden);
}

// Whether something can be done with a piece in its state, heard as far as it was.
function fits(item, row) {
  const { only, when, notWhen } = item.dataset;
  // Without a text there is nothing to generate or try again.
  if ("needsText" in item.dataset && "empty" in row.dataset) return false;
  if (only && !only.split(" ").includes(row.dataset.status)) return false;
  return (!when || when in row.dataset) && !(notWhen && notWhen in row.dataset);
}

function open(row, x, y) {
  current = row;
  for (const item of menu().querySelectorAll("[role=menuitem]")) item.hidden = !fits(item, row);
  menu().showPopover();
  const { offsetWidth: width, offsetHeight: height } = menu();
  const left = Math.min(x, innerWidth - width - EDGE_PX);
  const top = y + height + EDGE_PX > innerHeight ? Math.max(EDGE_PX, y - height) : y;
  menu().style.left = `${Math.max(EDGE_PX, left)}px`;
  menu().style.top = `${top}px`;
  row.classList.add("is-chosen");
  items()[0].focus();
}

const ACTS = {
  play: (row) => document.dispatchEvent(new CustomEvent("player:play", { detail: playData(row) })),
  enqueue: (row) => enqueue([row]),
  open: (row) => row.querySelector(".name").click(),
  rename: (row) => rename(row),
  move: (row) => askForGroup(row),
  download: (row) => location.assign(`/download/${row.dataset.file}`),
  retry: (row) => ask(row, "retry"),
  cancel: (row) => ask(row, "cancel"),
  again: (row) => window.Turbo.visit(`/?again=${encodeURIComponent(row.dataset.file)}`),
  share: (row) => {
    const item = menu().querySelector("[data-act=share]");
    openShare(`/files/${row.dataset.file}/share`, item.textContent, item.dataset.close);
  },
  finish: (row) => mark([row], "finish"),
  unheard: (row) => mark([row], "unheard"),
  delete: (row) => toBin([row]),
};

function act(name) {
  const row = current;
  menu().hidePopover();
  ACTS[name](row);
}

// The groups as buttons to press, a new one by its name.
function askForGroup(row) {
  const dialog = document.getElementById("move-dialog");
  const field = dialog.querySelector("[name=category]");
  const choices = dialog.querySelector("[data-move-choices]");
  field.value = row.querySelector("[data-category]")?.textContent ?? "";
  const groups = [...document.querySelectorAll("#groups option")].map((option) => option.value);
  choices.replaceChildren(
    ...groups.slice(0, 24).map((group) => {
      const button = document.createElement("button");
      button.value = "move";
      button.className = "quiet";
      button.textContent = group;
      button.addEventListener("click", () => (field.value = group));
      return button;
    }),
  );
  dialog.returnValue = "";
  dialog.showModal();
  field.select();
  dialog.addEventListener("close", () => dialog.returnValue && moveTo([row], field.value.trim()), {
    once: true,
  });
}

function walk(event) {
  const all = items();
  const here = all.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return typeAhead(event, all, here);
  event.preventDefault();
  all.at(next % all.length).focus();
}

function typeAhead(event, all, here) {
  if (event.key === "Tab") return menu().hidePopover();
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey) return;
  const turned = [...all.slice(here + 1), ...all.slice(0, here + 1)];
  turned
    .find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))
    ?.focus();
}

document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  const item = event.target.closest("#row-menu [data-act]");
  if (item) return act(item.dataset.act);
  if (!more || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { right, bottom } = more.getBoundingClientRect();
  open(rowOf(more), right - menu().offsetWidth, bottom);
});
document.addEventListener("contextmenu", (event) => {
  const row = rowOf(event.target);
  if (!row || !menu() || event.shiftKey || event.target.closest("input, mark")) return;
  event.preventDefault();
  const box = row.querySelector(".row-more").getBoundingClientRect();
  const isByKey = event.clientX === 0 && event.clientY === 0;
  open(row, isByKey ? box.left : event.clientX, isByKey ? box.bottom : event.clientY);
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("#row-menu")) return walk(event);
  const row = rowOf(event.target);
  if (!row || !menu() || event.target.closest("[type=text], input:not([type=checkbox])")) return;
  if (event.key === "F2") rename(row);
  else if (event.key === "Delete") toBin([row]);
  else return;
  event.preventDefault();
});
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.id !== "row-menu" || event.newState !== "closed") return;
    document.querySelector(".row.is-chosen")?.classList.remove("is-chosen");
  },
  true,
);
