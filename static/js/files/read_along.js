// <read-along>: the sentence and the word that sound are marked in the text; a click plays from a
// word, Enter from a sentence. The marks are highlights of the browser's own: the text stays as it
// is. "reading:show" with a place of the text brings that place into view.
import "./retake_progress.js";
import { SpokenSegments } from "./spoken_segments.js";
import { TextParts, lastAt } from "./text_parts.js";

const HANDS_OFF_MS = 4000;
const MARGIN_PX = 96;
const SETTLED_MS = 120;

class ReadAlong extends HTMLElement {
  #parts;
  #spoken;
  #now = -1;
  #chosen = -1;
  #touched = -HANDS_OFF_MS;
  #told = {};
  #leaving;
  #timer = 0;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.#parts = new TextParts(this, signal);
    this.#spoken = new SpokenSegments(this.#filename, { from: 0, until: this.#length });
    for (const event of ["player:time", "player:change"])
      document.addEventListener(event, ({ detail }) => this.#hear(detail), { signal });
    for (const event of ["wheel", "touchmove", "pointerdown"])
      addEventListener(event, () => (this.#touched = performance.now()), { signal, passive: true });
    document.addEventListener("reading:show", ({ detail }) => this.show(detail.point), { signal });
    document.addEventListener("scroll", () => this.#settle(), { signal, passive: true });
    this.#wayBack?.addEventListener("click", () => this.#goToVoice(), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("blur", () => this.#choose(-1), { signal });
    // What sounded before the places were known.
    this.#spoken.follow(() => this.#hear(this.#told), signal);
  }

  disconnectedCallback() {
    this.#leaving.abort();
    clearTimeout(this.#timer);
    for (const name of ["spoken", "spoken-word", "chosen"]) CSS.highlights?.delete(name);
  }

  get #filename() {
    return this.dataset.filename;
  }

  get #length() {
    return Number(this.dataset.length);
  }

  get #segments() {
    return this.#spoken.segments;
  }

  get #doesFollow() {
    return this.closest("[data-follows-voice]")?.dataset.followsVoice !== "0";
  }

  get #wayBack() {
    return document.querySelector("[data-to-voice]");
  }

  // Brings a place of the text into view; its part is fetched first where it is not here yet.
  async show(point) {
    this.#touched = performance.now();
    await this.#parts.show(this.#parts.indexAt(point), this.#leaving.signal);
    const box = boxOf(this.rangeOf(point, point + 1) ?? this.rangeOf(point, point + 2));
    if (box && !isSeen(box)) scrollBy({ top: box.top - innerHeight * 0.3, behavior: "instant" });
  }

  // The range of signs between two places of the text; null where they are not on the page yet.
  rangeOf(start, end) {
    return this.#parts.range(start, end);
  }

  // The place in the text of a place on the page; null outside of the text.
  pointOf(node, offset) {
    return this.#parts.point(node, offset);
  }

  // Does what changes how the text looks, and leaves the eye at the line where it was.
  keepPlace(change) {
    const point = this.#topPoint();
    const before = this.#topOf(point);
    change();
    const after = this.#topOf(point);
    if (before !== null && after !== null && scrollY > 0)
      scrollBy({ top: after - before, behavior: "instant" });
  }

  #topOf(point) {
    return boxOf(this.#parts.range(point, Math.min(point + 1, this.#length)))?.top ?? null;
  }

  // The first place of the text that is seen.
  #topPoint() {
    const box = this.getBoundingClientRect();
    const y = Math.max(box.top + 40, MARGIN_PX);
    for (const down of [0, 40, 80]) {
      const place = caretAt(box.left + 4, y + down);
      const point = place && this.contains(place.node) && this.pointOf(place.node, place.offset);
      if (Number.isInteger(point)) return point;
    }
    return Number(this.dataset.offset);
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
    if (isNew && isPlaying && this.#doesFollow) this.#keepInView();
    this.#offerWayBack();
  }

  // Beyond the last sentence that is known here others sound, unless it is the last of all.
  #soundingAt(ms) {
    const number = lastAt(this.#segments, (segment) => segment[2], ms);
    const [, text_end, , end_ms] = this.#segments[number] ?? [];
    const isBeyond = number === this.#segments.length - 1 && ms > end_ms;
    return isBeyond && text_end < this.#length ? -1 : number;
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
    this.#highlight("spoken-word", word ? this.#parts.range(word[0], word[0] + word[1]) : null);
  }

  #highlight(name, range) {
    if (!window.Highlight) return;
    if (range) CSS.highlights.set(name, new Highlight(range));
    else CSS.highlights.delete(name);
  }

  #rangeOf(number) {
    return this.#parts.range(this.#segments[number][0], this.#segments[number][1]);
  }

  // The page follows the voice, unless somebody just moved it.
  async #keepInView(number = this.#now, isAsked = false) {
    if (number < 0 || (!isAsked && this.#isInHands)) return;
    const isHere = await this.#bring(number);
    if (isHere && (isAsked || (number === this.#now && !this.#isInHands))) this.#scrollTo(number);
  }

  get #isInHands() {
    return performance.now() - this.#touched < HANDS_OFF_MS;
  }

  // Whether a sentence is on the page, which it is once its part has come.
  async #bring(number) {
    const index = this.#parts.indexAt(this.#segments[number][0]);
    const { signal } = this.#leaving;
    const wasHere = this.#rangeOf(number);
    if (!wasHere) {
      await this.#parts.load(index);
      if (signal.aborted || !this.#segments[number]) return false;
      if (number === this.#now) this.#mark(number);
    }
    const box = boxOf(this.#rangeOf(number));
    if (box && Math.abs(box.top) > 2 * innerHeight) await this.#parts.show(index, signal);
    return box !== null && !signal.aborted;
  }

  #scrollTo(number) {
    const box = boxOf(this.#rangeOf(number));
    if (!box || isSeen(box)) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollBy({ top: box.top - innerHeight * 0.3, behavior: isCalm ? "instant" : "smooth" });
  }

  // The way back to the voice

  #settle() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#offerWayBack(), SETTLED_MS);
  }

  #offerWayBack() {
    if (!this.#wayBack) return;
    const isKnown = this.#now >= 0 && this.#segments[this.#now];
    const box = isKnown ? boxOf(this.#rangeOf(this.#now)) : null;
    this.#wayBack.hidden = !isKnown || (box !== null && isSeen(box));
  }

  #goToVoice() {
    this.#touched = -HANDS_OFF_MS;
    this.#keepInView(this.#now, true);
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
    if (!getSelection().isCollapsed || event.target.closest("a, button")) return;
    const place = caretAt(event.clientX, event.clientY);
    const at = place && this.contains(place.node) ? this.pointOf(place.node, place.offset) : null;
    if (at === null) return;
    await this.#spoken.reached(at);
    const number = lastAt(this.#segments, (segment) => segment[0], at);
    if (number < 0 || at >= this.#segments[number][1]) return;
    const words = await this.#spoken.wordsOf(number);
    this.#play(number, words[lastAt(words, (word) => word[0], at)]?.[2]);
    this.#offerChange(number);
  }

  // Keys that come before the places of the sentences wait for them.
  async #key(event) {
    if (event.target !== this) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const hasPlaces = this.#segments.length || !this.#spoken.isKnown;
    const isStep = step && hasPlaces && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isStep) event.preventDefault();
    else if (event.key !== "Enter") return;
    const top = this.#topPoint();
    await this.#spoken.reached(top);
    if (!isStep) return this.#play(this.#chosen < 0 ? this.#now : this.#chosen);
    if (!this.#segments.length) return;
    this.#choose(this.#stepped(step, top));
  }

  // From the one that was chosen, else the one that sounds or is the first to be seen.
  #stepped(step, top) {
    const first = Math.max(
      0,
      lastAt(this.#segments, (segment) => segment[0], top),
    );
    const start = Math.max(this.#now, first - (step > 0 ? 1 : 0));
    const from = this.#chosen < 0 ? start : this.#chosen;
    return Math.min(this.#segments.length - 1, Math.max(0, from + step));
  }

  // The link under the text leads to the sentence that was chosen, else the one that sounds.
  #offerChange(number) {
    const link = document.querySelector("[data-change-sentence]");
    if (link && number >= 0) link.search = `?at=${this.#segments[number][0]}`;
  }

  async #choose(number) {
    this.#chosen = number;
    this.#offerChange(number);
    if (number >= 0) await this.#bring(number);
    if (number !== this.#chosen) return;
    const range = number < 0 ? null : this.#rangeOf(number);
    this.#highlight("chosen", range);
    if (!range) return;
    this.#scrollTo(number);
    document.querySelector("[data-sentence-told]").textContent = wordsIn(range);
  }
}

function moving(still) {
  const range = document.createRange();
  range.setStart(still.startContainer, still.startOffset);
  range.setEnd(still.endContainer, still.endOffset);
  return range;
}

function boxOf(still) {
  return still ? moving(still).getBoundingClientRect() : null;
}

function wordsIn(still) {
  return moving(still).toString();
}

function isSeen(box) {
  const foot = innerHeight - (document.getElementById("dock")?.offsetHeight ?? 0) - MARGIN_PX;
  return box.top >= MARGIN_PX && box.bottom <= foot;
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
