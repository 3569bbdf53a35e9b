// <document-desk>: a document looked through before it is spoken; what is chosen is kept at once.
import { texts as textsOf } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";
import { hearChapters } from "./chapter_preview.js";
import { walkChapters } from "./chapter_walk.js";
import { followMaking } from "./document_progress.js";
import { foldSettings } from "./review_settings.js";
import { Till } from "./till.js";
import "../studio/voice_picker.js";

const REST_MS = 250;

class DocumentDesk extends HTMLElement {
  #texts;
  #form;
  #till;
  #leaving;
  #timer = 0;
  #isKeeping = false;
  #isChanged = false;
  #areRulesNew = false;
  #turns = 0;

  connectedCallback() {
    this.#texts = { ...textsOf("studio-texts"), ...textsOf("book-texts") };
    this.#form = this.querySelector("[data-review]");
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.addEventListener("change", (event) => this.#change(event));
    this.addEventListener("input", (event) => this.#typed(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("turbo:frame-render", () => this.#look(), { signal });
    this.addEventListener("turbo:submit-start", () => clearTimeout(this.#timer), { signal });
    this.#till = new Till(this, this.#texts);
    foldSettings(this, this.#texts);
    walkChapters(this, signal);
    hearChapters(this, (sentence) => this.#till.tell(sentence), signal);
    followMaking(this, this.#texts, signal);
  }

  disconnectedCallback() {
    this.#leaving.abort();
    clearTimeout(this.#timer);
  }

  // What is chosen

  #isOwn(field) {
    return field.form === this.#form;
  }

  #change({ target }) {
    if (!this.#isOwn(target)) return;
    if (target.name === "chapter") this.#till.addUp();
    if (target.name === "as") this.#nameGroup(target.value);
    if (["rule", "voice"].includes(target.name)) this.#areRulesNew = true;
    this.#keepSoon();
  }

  #typed({ target }) {
    if (this.#isOwn(target) && ["title", "author", "category"].includes(target.name))
      this.#keepSoon(700);
  }

  // A title is one line, however long.
  #key(event) {
    if (event.key !== "Enter" || !this.#isOwn(event.target)) return;
    if (event.ctrlKey || event.metaKey)
      this.#form.requestSubmit(this.querySelector("[data-speak-book]"));
    else if (event.target.name === "title") event.preventDefault();
  }

  #click(event) {
    const part = event.target.closest("[data-parts] .switch");
    if (part) {
      event.preventDefault();
      return this.#turn(part);
    }
    const all = event.target.closest("[data-all], [data-none]");
    if (!all) return;
    for (const tick of this.querySelectorAll("[name=chapter]:not(:disabled)"))
      tick.checked = "all" in all.dataset;
    this.#till.addUp();
    this.#keepSoon();
  }

  #nameGroup(shape) {
    const group = this.#form.querySelector("[name=category]");
    group.placeholder = shape === "each" ? this.#texts.own_group : this.#texts.no_group;
  }

  #keepSoon(rest = REST_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), rest);
  }

  // One after the other: each says what it was made from, and the one before changes that.
  async #keep() {
    this.#isChanged = true;
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    try {
      while (this.#isChanged) {
        this.#isChanged = false;
        await this.#try(() => this.#told(send(this.dataset.url, new FormData(this.#form))));
      }
      if (this.#areRulesNew) this.#renewChapters();
    } finally {
      this.#isKeeping = false;
    }
  }

  // What was opened shows what the rules say now; a text that is being edited stays.
  #renewChapters() {
    this.#areRulesNew = false;
    for (const frame of this.querySelectorAll("[data-open-chapter] > turbo-frame[complete]")) {
      if (frame.querySelector(".chapter-edit")) continue;
      const [place] = frame.src.split("?");
      if (frame.src === place) frame.reload();
      else frame.src = place;
    }
  }

  #renewBase(base = {}) {
    for (const [name, value] of Object.entries(base)) this.#form.elements[name].value = value;
  }

  // A part is spoken, or left out; the text around it keeps its place.
  async #turn(part) {
    const isSpoken = part.getAttribute("aria-pressed") !== "true";
    part.setAttribute("aria-pressed", isSpoken);
    await this.#try(
      async () => {
        const fields = { part: part.value, spoken: isSpoken ? "1" : "0" };
        await this.#told(send(part.closest("form").action, fields));
      },
      () => part.setAttribute("aria-pressed", !isSpoken),
    );
  }

  async #look() {
    await this.#told(fetch(this.dataset.url, { headers: { Accept: "application/json" } }));
  }

  // Of several that were asked for only the last plan is shown, whenever it arrives.
  async #told(asked) {
    const turn = (this.#turns += 1);
    const answer = await asked;
    if (!answer.ok) return;
    const { plan, base } = await answer.json();
    this.#renewBase(base);
    if (turn === this.#turns) this.#till.show(plan);
  }

  async #try(act, undo = () => {}) {
    try {
      await act();
      this.#tell("");
    } catch (error) {
      if (error.name === "AbortError") return;
      undo();
      if (!(error instanceof Refused)) throw error;
      this.#renewBase(error.told?.base);
      this.#tell(error.message);
    }
  }

  #tell(sentence) {
    this.#till.tell(sentence);
  }
}

customElements.define("document-desk", DocumentDesk);
