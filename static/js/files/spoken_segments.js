// The sentences of a part of a text, as far as they are spoken: fetched in pages, then only what is
// new, and nothing while nobody looks.
import { comeBack, rest } from "../lib/poll.js";

const LOOK_AGAIN_MS = 2000;
const WORDS_OF = 40;
const GOING = ["queued", "speaking"];

export class SpokenSegments {
  segments = []; // of each: text_start, text_end, start_ms, end_ms
  isKnown = false; // whether the server was asked once
  #address;
  #span;
  #first = 0; // the position in the piece of the first of them
  #next = "";
  #takes = null;
  #words = new Map();
  #waiting = [];

  // `span`: where in the piece's text the part begins and ends.
  constructor(filename, span) {
    this.#address = `/files/${filename}/segments`;
    this.#span = span;
  }

  // Calls `heard` whenever there is something new, until `signal` ends it.
  async follow(heard, signal) {
    while (!signal.aborted) {
      const status = await this.#look(signal);
      this.isKnown = true;
      this.#tell();
      if (signal.aborted || status === 404) return;
      heard();
      const isGoing = !status || (GOING.includes(status) && !this.#isWhole);
      await (isGoing ? rest(LOOK_AGAIN_MS, signal) : comeBack(signal));
    }
  }

  get #isWhole() {
    return (this.segments.at(-1)?.[1] ?? 0) >= this.#span.until;
  }

  // What the piece is doing; 404 when it is gone, nothing when the server is away for a moment.
  async #look(signal) {
    try {
      while (!signal.aborted) {
        const answer = await this.#ask({ ...this.#span, after: this.#next });
        if (!answer.ok) return answer.status === 404 ? 404 : "";
        const told = await answer.json();
        const isOutdated = this.#takes !== null && told.takes !== this.#takes;
        if (isOutdated) await this.#renewPage(signal);
        else this.#take(told);
        if (isOutdated || !told.more) return told.status;
      }
    } catch {
      return "";
    }
  }

  #take({ first, segments, is_anew, takes, next }) {
    if (is_anew) {
      [this.segments, this.#first] = [[], first];
      this.#words.clear();
    }
    this.segments.push(...segments);
    [this.#next, this.#takes] = [next, takes];
    this.#tell();
  }

  // Settles once the sentence at a place of the text is known, or nothing more is for now.
  reached(point) {
    return new Promise((resolve) => {
      this.#waiting.push({ point, resolve });
      this.#tell();
    });
  }

  #tell() {
    const end = this.segments.at(-1)?.[1] ?? -1;
    const isOver = ({ point }) => this.isKnown || point < end;
    for (const each of this.#waiting.filter(isOver)) each.resolve();
    this.#waiting = this.#waiting.filter((each) => !isOver(each));
  }

  // A passage was replaced meanwhile, and the text with it.
  async #renewPage(signal) {
    await customElements.whenDefined("turbo-frame");
    if (!signal.aborted) window.Turbo.visit(location.href, { action: "replace" });
  }

  #ask(query) {
    return fetch(`${this.#address}?${new URLSearchParams(query)}`, {
      headers: { Accept: "application/json" },
    });
  }

  // The words of a segment: text_start, length, start_ms.
  async wordsOf(number) {
    const page = number - (number % WORDS_OF);
    if (!this.#words.has(page)) this.#words.set(page, this.#fetchWords(page));
    return (await this.#words.get(page))[number - page] ?? [];
  }

  async #fetchWords(page) {
    try {
      const answer = await this.#ask({ words: this.#first + page });
      const { words } = answer.ok ? await answer.json() : { words: [] };
      if (words.length < WORDS_OF) setTimeout(() => this.#words.delete(page), LOOK_AGAIN_MS);
      return words;
    } catch {
      this.#words.delete(page);
      return [];
    }
  }
}
