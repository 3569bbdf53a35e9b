// What can be done with pieces of a list, one or many.
import { plural } from "../lib/format.js";
import { fill, texts } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";
import { Away, refresh } from "./page.js";
import { say } from "./toast.js";

export function rowOf(element) {
  return element.closest?.("[data-file]") ?? null;
}

export function nameOf(row) {
  return row.querySelector(".name").textContent;
}

export function playData(row) {
  const file = JSON.parse(row.querySelector(".ring").dataset.play);
  delete file.at_s;
  return file;
}

// Does it, and says in a sentence when that was refused.
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Away)) throw error;
    say(error.message, { isBad: true });
    return null;
  }
}

function filenames(rows) {
  return rows.map((row) => row.dataset.file);
}

export function toBin(rows) {
  return attempt(async () => {
    const names = filenames(rows);
    const words = texts("library-texts");
    const sentence =
      rows.length === 1
        ? fill(words.deleted_one, { name: nameOf(rows[0]) })
        : plural(words.deleted, rows.length);
    await send("/files/bulk", { action: "delete", filename: names });
    takeAway(rows);
    say(sentence, { takeBack: () => putBack(names) });
    await refresh({ withList: !document.querySelector("[data-file]") });
  });
}

function putBack(names) {
  return attempt(async () => {
    await send("/library/restore", { filename: names });
    say(texts("library-texts").restored);
    await refresh();
    document.querySelector(`[data-file="${names[0]}"] .name`)?.focus();
  });
}

function takeAway(rows) {
  const next = neighbour(rows);
  for (const row of rows) {
    const list = row.parentElement;
    row.remove();
    if (list.children.length) continue;
    if (list.previousElementSibling?.matches(".day")) list.previousElementSibling.remove();
    list.remove();
  }
  (next?.querySelector(".name") ?? document.querySelector("[data-filters] [type=search]")).focus();
}

function neighbour(rows) {
  const all = [...document.querySelectorAll("[data-file]")];
  const after = all.slice(all.indexOf(rows.at(-1)) + 1).find((row) => !rows.includes(row));
  return after ?? all.findLast((row) => !rows.includes(row));
}

export function moveTo(rows, group) {
  return attempt(async () => {
    await send("/files/bulk", { action: "move", filename: filenames(rows), category: group });
    const words = texts("library-texts");
    say(plural(words.moved, rows.length, { group: group || words.no_group }));
    await refresh();
  });
}

export function enqueue(rows) {
  document.dispatchEvent(new CustomEvent("player:add", { detail: rows.map(playData) }));
  say(plural(texts("library-texts").queued_pieces, rows.length));
}

// Counts pieces as heard to the end ("finish"), or as never heard ("unheard").
export function mark(rows, action) {
  return attempt(async () => {
    const names = filenames(rows);
    await send(`/library/${action}`, { filename: names });
    if (action === "unheard")
      document.dispatchEvent(new CustomEvent("player:unheard", { detail: names }));
    say(plural(texts("library-texts")[action], rows.length));
    await refresh();
    document.querySelector(`[data-file="${names[0]}"] .name`)?.focus();
  });
}

export function ask(row, action) {
  return attempt(async () => {
    await send(`/files/${row.dataset.file}/${action}`);
    await refresh();
  });
}
