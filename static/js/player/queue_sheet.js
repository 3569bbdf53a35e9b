// The queue as a list: pieces are dragged or moved by the arrow keys, removed, or played.
import { text } from "../lib/texts.js";
import { player } from "./player.js";
import { REPEATS } from "./queue.js";

export class QueueSheet {
  #root;
  #list;
  #template;
  #told;
  #drag = null;

  constructor(dock, signal) {
    this.#root = dock.querySelector("#queue-sheet");
    this.#list = this.#root.querySelector("[data-queue]");
    this.#template = this.#root.querySelector("[data-queue-item]");
    this.#told = this.#root.querySelector("[data-queue-told]");
    player.addEventListener("queue", () => this.#show(), { signal });
    this.#root.addEventListener("click", (event) => this.#pressed(event), { signal });
    this.#list.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#list.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.#list.addEventListener("pointermove", (event) => this.#dragTo(event), { signal });
    for (const event of ["pointerup", "pointercancel"])
      this.#list.addEventListener(event, () => this.#letGo(), { signal });
    this.#show();
  }

  #show() {
    const { items, index, repeat, isShuffled, goesOn } = player.queue;
    if (!this.#drag)
      this.#list.replaceChildren(...items.map((item, i) => this.#item(item, i === index)));
    this.#root.querySelector("[data-queue-empty]").hidden = items.length > 1;
    const set = (name, isOn) =>
      this.#root
        .querySelector(`[data-queue-do=${name}]`)
        .setAttribute("aria-pressed", String(isOn));
    set("autoplay", goesOn);
    set("shuffle", isShuffled);
    set("repeat", repeat !== "off");
    this.#root.querySelector("[data-queue-do=repeat]").textContent = text(`repeat_${repeat}`);
  }

  #item(item, isCurrent) {
    const row = this.#template.content.firstElementChild.cloneNode(true);
    row.toggleAttribute("data-current", isCurrent);
    const part = (name) => row.querySelector(`[data-item-${name}]`);
    part("play").textContent = item.name;
    if (isCurrent) part("play").setAttribute("aria-current", "true");
    part("move").setAttribute("aria-label", text("move_named", { name: item.name }));
    part("remove").setAttribute("aria-label", text("remove_named", { name: item.name }));
    part("remove").disabled = isCurrent;
    return row;
  }

  #indexOf(element) {
    return [...this.#list.children].indexOf(element.closest("li"));
  }

  #pressed(event) {
    const option = event.target.closest("[data-queue-do]")?.dataset.queueDo;
    const { queue } = player;
    if (option === "clear") queue.clear();
    if (option === "autoplay") queue.set("goesOn", !queue.goesOn);
    if (option === "shuffle") queue.set("isShuffled", !queue.isShuffled);
    if (option === "repeat")
      queue.set("repeat", REPEATS[(REPEATS.indexOf(queue.repeat) + 1) % REPEATS.length]);
    if (event.target.closest("[data-item-play]")) player.jumpTo(this.#indexOf(event.target));
    if (event.target.closest("[data-item-remove]")) this.#remove(this.#indexOf(event.target));
  }

  #remove(index) {
    player.queue.remove(index);
    const next = this.#list.children[Math.min(index, this.#list.children.length - 1)];
    next?.querySelector("[data-item-play]").focus();
  }

  #key(event) {
    const handle = event.target.closest("[data-item-move]");
    const index = this.#indexOf(event.target);
    if (event.key === "Delete" && index !== player.queue.index) return this.#remove(index);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !handle) return;
    event.preventDefault();
    this.#move(index, index + step);
    this.#list.children[Math.max(0, Math.min(this.#list.children.length - 1, index + step))]
      .querySelector("[data-item-move]")
      .focus();
  }

  #move(from, to) {
    const { name } = player.queue.items[from];
    player.queue.move(from, to);
    const place = player.queue.items.findIndex((item) => item.name === name) + 1;
    this.#told.textContent = text("moved", { name, place, count: player.queue.items.length });
  }

  #grab(event) {
    const handle = event.target.closest("[data-item-move]");
    if (!handle) return;
    const row = handle.closest("li");
    this.#drag = { row, from: this.#indexOf(row) };
    row.classList.add("is-dragged");
    // Unlike the handle, the list keeps the pointer while rows change places under it.
    this.#list.setPointerCapture(event.pointerId);
  }

  #dragTo(event) {
    if (!this.#drag) return;
    const { row } = this.#drag;
    const others = [...this.#list.children].filter((other) => other !== row);
    const after = others.find((other) => {
      const box = other.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if (row.nextElementSibling !== (after ?? null)) this.#list.insertBefore(row, after ?? null);
  }

  #letGo() {
    if (!this.#drag) return;
    const { row, from } = this.#drag;
    const to = this.#indexOf(row);
    this.#drag = null;
    row.classList.remove("is-dragged");
    if (to !== from) this.#move(from, to);
  }
}
