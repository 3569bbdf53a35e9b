// <find-text>: words found in the whole text, though only a part of it may be on the page. Enter goes
// to the next match, Ctrl+Enter plays from it.
import { fill } from "../lib/texts.js";
import { count } from "../lib/format.js";
import { bring, reading } from "./text_places.js";

const REST_MS = 250;

class FindText extends HTMLElement {
  #field;
  #told;
  #texts;
  #query = "";
  #found = null;
  #at = -1;
  #timer = 0;
  #asked = null;

  connectedCallback() {
    this.#field = this.querySelector("[type=search]");
    this.#told = this.querySelector("[data-find-told]");
    this.#texts = JSON.parse(this.querySelector("[data-find-texts]").textContent);
    this.querySelector("[data-find-button]").setAttribute("data-turbo", "false");
    this.addEventListener("input", () => this.#lookSoon());
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("click", (event) => this.#click(event));
    this.#goToAddress();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    CSS.highlights?.delete("found");
  }

  // A link to a place of the text leads to it.
  async #goToAddress() {
    const place = location.hash.match(/^#at-(\d{1,12})$/)?.[1];
    if (!place) return;
    await customElements.whenDefined("read-along");
    if (reading()) await bring(Number(place));
  }

  #lookSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), REST_MS);
  }

  async #look() {
    clearTimeout(this.#timer);
    const query = this.#field.value.trim();
    if (query === this.#query && this.#found) return;
    [this.#query, this.#at] = [query, -1];
    const found = query ? await this.#fetch(0) : { count: 0, matches: [] };
    if (!found) return;
    this.#found = found;
    this.#show();
    if (found.count) await this.#go(0);
  }

  async #fetch(from) {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const query = new URLSearchParams({ q: this.#query, from });
    try {
      const answer = await fetch(`/files/${this.dataset.filename}/find?${query}`, {
        headers: { Accept: "application/json" },
        signal: this.#asked.signal,
      });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null; // asked for something else meanwhile, or the server is away
    }
  }

  #submit(event) {
    event.preventDefault();
    if (!this.#field.value.trim()) return this.#field.focus();
    this.#next(1);
  }

  #key(event) {
    if (event.target !== this.#field) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) this.#play();
      else this.#next(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && this.#field.value) {
      this.#field.value = "";
      this.#look();
    }
  }

  #click({ target }) {
    const step = target.closest("[data-step]")?.dataset.step;
    if (step) this.#next(Number(step));
    else if (target.closest("[data-find-play]")) this.#play();
  }

  async #next(step) {
    const isNew = this.#field.value.trim() !== this.#query || !this.#found;
    if (isNew) return this.#look();
    const all = this.#found.matches.length;
    if (!all) return;
    if (this.#at + step >= all && this.#found.next) {
      const more = await this.#fetch(this.#found.next);
      if (!more) return;
      this.#found.matches.push(...more.matches);
      this.#found.next = more.next;
    }
    const { length } = this.#found.matches;
    await this.#go((this.#at + step + length) % length);
  }

  async #go(number) {
    this.#at = number;
    this.#show();
    const { text_start, match, url } = this.#found.matches[number];
    const range = await bring(text_start, text_start + [...match].length);
    if (!range) return window.Turbo.visit(url);
    if (window.Highlight) CSS.highlights.set("found", new Highlight(range));
  }

  #show() {
    const { count: all, is_more } = this.#found;
    this.querySelector("[data-find-acts]").hidden = !all;
    this.querySelector("[data-find-button]").hidden = Boolean(all);
    this.classList.toggle("is-found", all > 0);
    const text = all ? (is_more ? this.#texts.more : this.#texts.at) : this.#texts.none;
    const values = { number: count(this.#at + 1), count: count(all) };
    this.#told.value = this.#query ? fill(text, values) : "";
    if (!all) CSS.highlights?.delete("found");
  }

  async #play() {
    const place = this.#found?.matches[this.#at]?.text_start;
    if (place === undefined) return;
    const answer = await fetch(`/files/${this.dataset.filename}/sentence?at=${place}`, {
      headers: { Accept: "application/json" },
    });
    const { start_ms } = answer.ok ? await answer.json() : { start_ms: null };
    if (start_ms === null) return;
    const detail = { ...JSON.parse(this.dataset.file), at_s: start_ms / 1000 };
    document.dispatchEvent(new CustomEvent("player:play", { detail }));
  }
}

customElements.define("find-text", FindText);
