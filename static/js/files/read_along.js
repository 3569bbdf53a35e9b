// <read-along>: the sentence and the word that sound are marked in the text; a click plays from a
// word, Enter from a sentence. The marks are highlights of the browser's own: the text stays as it is.
import "./retake_progress.js";
import { SpokenSegments } from "./spoken_segments.js";

const HANDS_OFF_MS = 4000;
const MARGIN_PX = 96;

class ReadAlong extends HTMLElement {
  #node;
  #places;
  #spoken;
  #now = -1;
  #chosen = -1;
  #touched = 0;
  #told = {};
  #leaving;
  #loading;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.#node = this.firstChild;
    this.#places = new Places(this.textContent, Number(this.dataset.offset));
    this.#spoken = new SpokenSegments(this.#filename, this.#places.span);
    for (const event of ["player:time", "player:change"])
      document.addEventListener(event, ({ detail }) => this.#hear(detail), { signal });
    for (const event of ["wheel", "touchmove", "pointerdown"])
      addEventListener(event, () => (this.#touched = performance.now()), { signal, passive: true });
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("blur", () => this.#choose(-1));
    this.#loading = new Promise((resolve) => {
      this.#spoken.follow(() => {
        resolve();
        this.#hear(this.#told); // what sounded before the places were known
      }, signal);
    });
  }

  disconnectedCallback() {
    this.#leaving.abort();
    for (const name of ["spoken", "spoken-word", "chosen"]) CSS.highlights?.delete(name);
  }

  get #filename() {
    return this.dataset.filename;
  }

  get #segments() {
    return this.#spoken.segments;
  }

  // The range of signs between two places of the text; null where they are not on the page.
  rangeOf(start, end) {
    const { from, until } = this.#places.span;
    return start < from || start >= until ? null : this.#range(start, end);
  }

  // The place in the text of a place on the page; null outside of the text.
  pointOf(node, offset) {
    return node === this.#node ? this.#places.point(offset) : null;
  }

  // Brings a place of the text into view; returns whether it is on the page.
  show(point) {
    const still = this.rangeOf(point, point + 1) ?? this.rangeOf(point, point + 2);
    if (!still) return false;
    this.#touched = performance.now();
    const range = document.createRange();
    range.setStart(still.startContainer, still.startOffset);
    const { top } = range.getBoundingClientRect();
    scrollBy({ top: top - innerHeight * 0.3, behavior: "instant" });
    return true;
  }

  // The place of the sentence that was chosen, else of the one that sounds.
  get chosenPoint() {
    return this.#segments[this.#chosen < 0 ? this.#now : this.#chosen]?.[0] ?? null;
  }

  chooseAt(point) {
    this.#choose(lastAt(this.#segments, (segment) => segment[0], point));
  }

  // Marking what sounds

  #hear(told) {
    this.#told = told;
    const { file, time_s, isPlaying } = told;
    if (file?.filename !== this.#filename) return this.#mark(-1);
    const ms = time_s * 1000;
    const number = this.#soundingAt(ms);
    const isNew = number !== this.#now;
    if (isNew) this.#mark(number);
    this.#markWord(number, ms);
    if (isNew && isPlaying) this.#keepInView();
  }

  // Beyond the last sentence that is known here others sound, unless it is the last of all.
  #soundingAt(ms) {
    const number = lastAt(this.#segments, (segment) => segment[2], ms);
    const [, text_end, , end_ms] = this.#segments[number] ?? [];
    const isBeyond = number === this.#segments.length - 1 && ms > end_ms;
    return isBeyond && text_end < Number(this.dataset.length) ? -1 : number;
  }

  #mark(number) {
    this.#now = number;
    this.#offerChange(number);
    this.#highlight("spoken", number < 0 ? null : this.#rangeOf(number));
    if (number < 0) this.#highlight("spoken-word", null);
  }

  async #markWord(number, ms) {
    if (number < 0) return;
    const words = await this.#spoken.wordsOf(number);
    if (number !== this.#now) return;
    const word = words[lastAt(words, (each) => each[2], ms)];
    this.#highlight("spoken-word", word ? this.#range(word[0], word[0] + word[1]) : null);
  }

  #highlight(name, range) {
    if (!window.Highlight) return;
    if (range) CSS.highlights.set(name, new Highlight(range));
    else CSS.highlights.delete(name);
  }

  #rangeOf(number) {
    return this.#range(this.#segments[number][0], this.#segments[number][1]);
  }

  #range(start, end) {
    const from = this.#places.unit(start);
    const to = this.#places.unit(end);
    if (from >= to) return null;
    const text = this.#node.data;
    const range = new StaticRange({
      startContainer: this.#node,
      startOffset: from + text.slice(from, to).search(/\S|$/),
      endContainer: this.#node,
      endOffset: from + text.slice(from, to).trimEnd().length,
    });
    return range.endOffset > range.startOffset ? range : null;
  }

  #boxOf(number) {
    const still = this.#rangeOf(number);
    if (!still) return null;
    const range = document.createRange();
    range.setStart(still.startContainer, still.startOffset);
    range.setEnd(still.endContainer, still.endOffset);
    return range.getBoundingClientRect();
  }

  // The page follows the voice, unless somebody just moved it.
  #keepInView(number = this.#now, isAsked = false) {
    if (number < 0 || (!isAsked && performance.now() - this.#touched < HANDS_OFF_MS)) return;
    const box = this.#boxOf(number);
    if (!box) return;
    const foot = innerHeight - (document.getElementById("dock")?.offsetHeight ?? 0) - MARGIN_PX;
    if (box.top >= MARGIN_PX && box.bottom <= foot) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollBy({ top: box.top - innerHeight * 0.3, behavior: isCalm ? "instant" : "smooth" });
  }

  // Playing from a sentence

  #play(number, ms = this.#segments[number]?.[2]) {
    if (number < 0) return;
    const file = JSON.parse(this.dataset.file);
    document.dispatchEvent(
      new CustomEvent("player:play", { detail: { ...file, at_s: ms / 1000 } }),
    );
  }

  async #click(event) {
    if (!getSelection().isCollapsed) return;
    const place = caretAt(event.clientX, event.clientY);
    if (place?.node !== this.#node) return;
    await this.#loading;
    const at = this.#places.point(place.offset);
    const number = lastAt(this.#segments, (segment) => segment[0], at);
    if (number < 0 || at >= this.#segments[number][1]) return;
    const words = await this.#spoken.wordsOf(number);
    this.#play(number, words[lastAt(words, (word) => word[0], at)]?.[2]);
    this.#offerChange(number);
  }

  // Keys that come before the places of the sentences wait for them.
  async #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const hasPlaces = this.#segments.length || !this.#spoken.isKnown;
    const isStep = step && hasPlaces && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isStep) event.preventDefault();
    else if (event.key !== "Enter") return;
    await this.#loading;
    if (!isStep) return this.#play(this.#chosen < 0 ? this.#now : this.#chosen);
    if (!this.#segments.length) return;
    const from =
      this.#chosen < 0 ? Math.max(this.#now, this.#first() - (step > 0 ? 1 : 0)) : this.#chosen;
    this.#choose(Math.min(this.#segments.length - 1, Math.max(0, from + step)));
  }

  #first() {
    return Math.max(
      0,
      lastAt(this.#segments, (segment) => segment[0], Number(this.dataset.offset)),
    );
  }

  // The link under the text leads to the sentence that was chosen, else the one that sounds.
  #offerChange(number) {
    const link = document.querySelector("[data-change-sentence]");
    if (link && number >= 0) link.search = `?at=${this.#segments[number][0]}`;
  }

  #choose(number) {
    this.#chosen = number;
    this.#offerChange(number);
    const range = number < 0 ? null : this.#rangeOf(number);
    this.#highlight("chosen", range);
    if (!range) return;
    this.#keepInView(number, true);
    document.querySelector("[data-sentence-told]").textContent = this.#node.data.slice(
      range.startOffset,
      range.endOffset,
    );
  }
}

// Between code points of the whole text, as the server counts, and units of the text shown.
class Places {
  #offset;
  #pairs = [];

  constructor(text, offset) {
    this.#offset = offset;
    for (const pair of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g))
      this.#pairs.push(pair.index);
    this.length = text.length;
  }

  // Where the text shown begins and ends in the whole one.
  get span() {
    return { from: this.#offset, until: this.#offset + this.length - this.#pairs.length };
  }

  unit(point) {
    const within = Math.max(0, point - this.#offset);
    let extra = 0;
    while (extra < this.#pairs.length && this.#pairs[extra] - extra < within) extra += 1;
    return Math.min(this.length, within + extra);
  }

  point(unit) {
    const extra = this.#pairs.filter((index) => index < unit).length;
    return this.#offset + unit - extra;
  }
}

// The number of the last item that begins at `value` or before; -1 when there is none.
function lastAt(items, beginning, value) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beginning(items[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function caretAt(x, y) {
  if (document.caretPositionFromPoint) {
    const place = document.caretPositionFromPoint(x, y);
    return place && { node: place.offsetNode, offset: place.offset };
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
}

customElements.define("read-along", ReadAlong);
