// <sentence-menu>: the menu at a sentence of the text: by its handle, right click, long press, or
// Shift+F10. A selection is left alone: the browser's own menu copies it.
import { Refused, send } from "../lib/form_post.js";
import { pronounce } from "./pronounce_word.js";
import { boxOf, caretAt, pointAt, reading, wordAt } from "./text_places.js";

const EDGE_PX = 8;
const LONG_PRESS_MS = 500;
const MOVED_PX = 10;
const TOLD_MS = 5000;
const BY_OFF = { change: "change", "leave-out": "leave_out", again: "again" };

class SentenceMenu extends HTMLElement {
  #menu;
  #handle;
  #place = null; // of the text, under the pointer
  #found = null; // what the server says of the sentence there
  #word = "";
  #from = null;
  #pressed = null;
  #isHeld = false;
  #leaving;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.#menu = this.querySelector(".sentence-menu");
    this.#handle = this.querySelector("[data-handle]");
    const text = reading();
    if (!text) return;
    text.parentElement.append(this.#handle);
    text.setAttribute("aria-haspopup", "menu");
    const on = (target, events, act, more = {}) => {
      for (const event of events) target.addEventListener(event, act, { signal, ...more });
    };
    on(text, ["contextmenu"], (event) => this.#contextMenu(event));
    on(text, ["keydown"], (event) => this.#textKey(event));
    on(text, ["pointermove"], (event) => this.#follow(event), { passive: true });
    on(text, ["pointerdown"], (event) => this.#press(event), { passive: true });
    on(window, ["pointermove", "pointerup", "pointercancel", "scroll"], (event) =>
      this.#release(event),
    );
    on(text, ["click"], (event) => this.#swallow(event), { capture: true });
    on(this.#handle, ["click"], () => this.#openAtHandle());
    on(this.#menu, ["click"], (event) => this.#choose(event.target.closest("[data-act]")));
    on(this.#menu, ["keydown"], (event) => this.#walk(event));
    // By hand, for a long press that opens it would close it with its own end.
    on(document, ["pointerdown"], ({ target }) => this.#menu.contains(target) || this.#close());
    on(this.#menu, ["toggle"], (event) => this.#toggled(event));
  }

  disconnectedCallback() {
    this.#leaving.abort();
    clearTimeout(this.#pressed?.timer);
    this.#handle.remove();
  }

  get #items() {
    return [...this.#menu.querySelectorAll("[role=menuitem]")];
  }

  // How it is opened

  #contextMenu(event) {
    if (event.shiftKey || !getSelection().isCollapsed) return;
    const isByHand = event.button === 2 || event.pointerType === "touch";
    const place = isByHand ? pointAt(event.clientX, event.clientY) : reading().chosenPoint;
    if (!Number.isInteger(place)) return;
    event.preventDefault();
    if (isByHand) this.#open(place, event.clientX, event.clientY);
    else this.#openAt(place);
  }

  #textKey(event) {
    if (event.key !== "ContextMenu" && !(event.key === "F10" && event.shiftKey)) return;
    const place = reading().chosenPoint;
    if (!Number.isInteger(place)) return;
    event.preventDefault();
    this.#openAt(place);
  }

  // The handle stands beside the line under the pointer.
  #follow({ clientX, clientY, pointerType }) {
    if (pointerType !== "mouse" || this.#menu.matches(":popover-open")) return;
    const place = pointAt(clientX, clientY);
    const range = Number.isInteger(place) ? reading().rangeOf(place, place + 1) : null;
    if (!range) return;
    const box = boxOf(range);
    const frame = this.#handle.parentElement.getBoundingClientRect();
    this.#place = place;
    this.#word = wordAt(caretAt(clientX, clientY));
    this.#handle.hidden = false;
    this.#handle.style.top = `${box.top - frame.top + (box.height - this.#handle.offsetHeight) / 2}px`;
    const hasRoom = frame.right + this.#handle.offsetWidth + EDGE_PX < innerWidth;
    this.#handle.style.insetInlineEnd = hasRoom ? `${-this.#handle.offsetWidth}px` : "0";
  }

  #openAtHandle() {
    const { left, bottom } = this.#handle.getBoundingClientRect();
    this.#open(this.#place, left, bottom, this.#word);
  }

  #openAt(place) {
    const range = reading().rangeOf(place, place + 1);
    const box = range ? boxOf(range) : reading().getBoundingClientRect();
    this.#open(
      place,
      box.left,
      box.bottom,
      wordAt(range && [range.startContainer, range.startOffset]),
    );
  }

  #press({ pointerType, isPrimary, clientX: x, clientY: y }) {
    this.#isHeld = false;
    if (pointerType !== "touch" || !isPrimary || !getSelection().isCollapsed) return;
    const timer = setTimeout(() => {
      const place = pointAt(x, y);
      this.#isHeld = Number.isInteger(place);
      if (this.#isHeld) this.#open(place, x, y);
    }, LONG_PRESS_MS);
    this.#pressed = { timer, x, y };
  }

  #release({ type, clientX, clientY }) {
    if (!this.#pressed) return;
    const { timer, x, y } = this.#pressed;
    if (type === "pointermove" && Math.hypot(clientX - x, clientY - y) < MOVED_PX) return;
    clearTimeout(timer);
    this.#pressed = null;
  }

  // What ends a long press is no press on a word.
  #swallow(event) {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    event.stopImmediatePropagation();
    event.preventDefault();
  }

  async #open(place, x, y, word = wordAt(caretAt(x, y))) {
    this.#from = document.activeElement === reading() ? place : null;
    [this.#place, this.#found, this.#word] = [place, null, word];
    for (const item of this.#items) this.#set(item, "");
    this.#showPrice("");
    if (!this.#menu.matches(":popover-open")) this.#menu.showPopover();
    const { offsetWidth: width, offsetHeight: height } = this.#menu;
    const left = Math.max(EDGE_PX, Math.min(x, innerWidth - width - EDGE_PX));
    const top = y + height + EDGE_PX > innerHeight ? Math.max(EDGE_PX, y - height) : y;
    this.#menu.style.left = `${left}px`;
    this.#menu.style.top = `${top}px`;
    this.#items[0].focus({ preventScroll: true });
    await this.#ask(place);
  }

  async #ask(place) {
    const query = new URLSearchParams({ at: place });
    try {
      const answer = await fetch(`/files/${this.dataset.filename}/sentence?${query}`, {
        headers: { Accept: "application/json" },
        signal: this.#leaving.signal,
      });
      if (place !== this.#place || !answer.ok) return;
      this.#found = await answer.json();
    } catch {
      return; // the server is away for a moment; what is chosen will say so
    }
    const { off, again, text_start, text_end } = this.#found;
    for (const item of this.#items) this.#set(item, off[BY_OFF[item.dataset.act]] ?? "");
    this.#showPrice(again?.price ?? "");
    const range = reading().rangeOf(text_start, text_end);
    if (range && window.Highlight) CSS.highlights.set("chosen", new Highlight(range));
  }

  // Listeners of another's piece have no entry with a price.
  #showPrice(price) {
    const shown = this.#menu.querySelector("[data-price]");
    if (shown) shown.textContent = price;
  }

  #set(item, reason) {
    const why = item.querySelector("[data-why]");
    why.textContent = reason;
    why.hidden = !reason;
    item.toggleAttribute("aria-disabled", false);
    if (reason) item.setAttribute("aria-disabled", "true");
  }

  // What is chosen

  #walk(event) {
    const all = this.#items;
    const here = all.indexOf(document.activeElement);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
    if (["Tab", "Escape"].includes(event.key)) this.#close();
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length).focus();
  }

  #close() {
    if (this.#menu.matches(":popover-open")) this.#menu.hidePopover();
  }

  #toggled({ newState }) {
    if (newState !== "closed") return;
    CSS.highlights?.delete("chosen");
    if (this.#from === null) return;
    reading().focus({ preventScroll: true });
    reading().chooseAt?.(this.#from);
  }

  async #choose(item) {
    if (!item || item.getAttribute("aria-disabled") === "true") return;
    const { act } = item.dataset;
    if (act === "pronounce" || act === "select") this.#from = null;
    this.#close();
    try {
      if (!this.#found) await this.#ask(this.#place);
      await this.#act(act);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#tell(error.message);
    }
  }

  async #act(act) {
    const base = `/files/${this.dataset.filename}`;
    const at = this.#found?.text_start ?? this.#place;
    const fields = { start: at, end: this.#found?.text_end ?? at + 1 };
    if (act === "play") this.#play();
    else if (act === "change") window.Turbo.visit(`${base}/retake?at=${at}`);
    else if (act === "pronounce") pronounce(this, this.#word);
    else if (act === "select") this.#select();
    else if (act === "bookmark") {
      await send(`${base}/bookmarks`, { at });
      document.dispatchEvent(new CustomEvent("bookmarks:changed"));
    } else {
      await send(`${base}/${act}`, fields);
      window.Turbo.visit(location.href, { action: "replace" });
    }
  }

  #play() {
    const at_s = (this.#found?.start_ms ?? 0) / 1000;
    const file = JSON.parse(this.dataset.file);
    document.dispatchEvent(new CustomEvent("player:play", { detail: { ...file, at_s } }));
  }

  #select() {
    const range = this.#found && reading().rangeOf(this.#found.text_start, this.#found.text_end);
    if (range)
      getSelection().setBaseAndExtent(
        ...[range.startContainer, range.startOffset, range.endContainer, range.endOffset],
      );
  }

  #tell(sentence) {
    const told = this.querySelector("[data-told]");
    told.textContent = sentence;
    told.classList.add("is-shown");
    setTimeout(() => told.classList.remove("is-shown"), TOLD_MS);
  }
}

customElements.define("sentence-menu", SentenceMenu);
