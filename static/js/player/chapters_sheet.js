// The chapters as a list with their times; the one that sounds is marked, and a press goes there.
import { clock } from "../lib/format.js";
import { text } from "../lib/texts.js";
import { player } from "./player.js";

export class ChaptersSheet {
  #dock;
  #sheet;
  #list;
  #template;
  #drawn = "";

  constructor(dock, signal) {
    this.#dock = dock;
    this.#sheet = dock.querySelector("#chapters-sheet");
    this.#list = this.#sheet.querySelector("[data-chapter-list]");
    this.#template = this.#sheet.querySelector("[data-chapter-item]");
    player.addEventListener("change", () => this.#show(), { signal });
    this.#list.addEventListener("click", (event) => this.#go(event), { signal });
    this.#sheet.addEventListener("toggle", (event) => this.#opened(event), { signal });
    this.#show();
  }

  #show() {
    const { all, spoken } = player.chapters;
    const now = player.chapter;
    this.#dock.classList.toggle("has-chapters", all.length > 0);
    for (const only of this.#dock.querySelectorAll("[data-with-chapters]"))
      only.hidden = !all.length;
    if (!all.length && this.#sheet.matches(":popover-open")) this.#sheet.hidePopover();
    this.#draw(all);
    [...this.#list.children].forEach((row, place) => this.#mark(row, place === now));
    this.#find("title").textContent = all[now]?.title ?? "";
    this.#find("count").textContent =
      now < 0 ? "" : text("chapter_of", { n: now + 1, all: all.length });
    for (const back of this.#dock.querySelectorAll("[data-do=chapter-back]"))
      back.disabled = now < 0;
    for (const on of this.#dock.querySelectorAll("[data-do=chapter-on]"))
      on.disabled = now + 1 >= spoken.length;
  }

  #find(name) {
    return this.#dock.querySelector(`[data-chapter-${name}]`);
  }

  // Drawn anew only where it says something else, so that the focus stays.
  #draw(chapters) {
    const drawn = JSON.stringify(chapters);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const had = [...this.#list.children].indexOf(document.activeElement?.closest("li"));
    this.#list.replaceChildren(...chapters.map((chapter) => this.#row(chapter)));
    if (had >= 0) this.#list.children[had]?.querySelector("button").focus();
  }

  #row({ title, start_s }) {
    const row = this.#template.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-item-title]").textContent = title;
    row.querySelector("[data-item-time]").textContent =
      start_s === null ? text("not_spoken") : clock(start_s);
    row.querySelector("button").disabled = start_s === null;
    return row;
  }

  #mark(row, isNow) {
    if (row.hasAttribute("data-current") === isNow) return;
    row.toggleAttribute("data-current", isNow);
    const button = row.querySelector("button");
    if (isNow) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }

  #go(event) {
    const row = event.target.closest("li");
    if (!row || !event.target.closest("button")) return;
    player.toChapter([...this.#list.children].indexOf(row));
    this.#sheet.hidePopover();
  }

  #opened({ newState }) {
    if (newState !== "open") return;
    const current =
      this.#list.querySelector("[aria-current]") ?? this.#list.querySelector("button");
    current?.focus();
    current?.scrollIntoView({ block: "center" });
  }
}
