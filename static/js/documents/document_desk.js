// <document-desk>: a document looked through before it is spoken; what is chosen is kept at once.
import { count, money, plural, spokenLength } from "../lib/format.js";
import { fill, texts as textsOf } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";
import { followMaking } from "./document_progress.js";
import "../studio/voice_picker.js";

const REST_MS = 250;

class DocumentDesk extends HTMLElement {
  #texts;
  #form;
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
    if (target.name === "chapter") this.#addUp();
    if (target.name === "as") this.#nameGroup(target.value);
    if (target.name === "rule") this.#areRulesNew = true;
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
    this.#addUp();
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
    if (turn === this.#turns) this.#show(plan);
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
    this.querySelector("[data-trouble]").textContent = sentence;
  }

  // What it takes

  #secondsEach = null;
  #usdEach = null;

  #show(plan) {
    for (const chapter of plan.chapters) this.#showChapter(chapter);
    this.#secondsEach = plan.characters ? plan.seconds / plan.characters : null;
    this.#usdEach =
      plan.cost_usd === null || !plan.characters ? null : plan.cost_usd / plan.characters;
    this.#showTotal(plan.chosen, plan.characters, plan.seconds, plan.cost_usd);
  }

  #showChapter(chapter) {
    const row = this.querySelector(`[data-chapter="${chapter.number}"]`);
    if (!row) return;
    row.dataset.characters = chapter.characters;
    const tick = row.querySelector("[name=chapter]");
    if (tick.disabled !== chapter.is_empty) {
      tick.disabled = chapter.is_empty;
      tick.checked = chapter.is_chosen;
    }
    if (chapter.title) row.querySelector(".name").textContent = chapter.title;
    row.querySelector("[data-sums]").textContent = chapter.is_empty
      ? this.#texts.empty
      : this.#sums(chapter.characters, chapter.seconds, chapter.cost_usd, (time) => time);
  }

  // At once when chapters are ticked; the server's own sum follows.
  #addUp() {
    const ticked = [...this.querySelectorAll("[name=chapter]:checked")];
    const rows = ticked.map((tick) => tick.closest("[data-chapter]"));
    const characters = rows.reduce((sum, row) => sum + Number(row.dataset.characters), 0);
    if (this.#secondsEach === null && characters) return;
    const usd = this.#usdEach === null ? null : characters * this.#usdEach;
    this.#showTotal(ticked.length, characters, characters * this.#secondsEach, usd);
  }

  #showTotal(chosen, characters, seconds, usd) {
    const total = this.querySelector("[data-total]");
    if (!chosen) {
      const isTickable = this.querySelector("[name=chapter]:not(:disabled)");
      return total.replaceChildren(isTickable ? this.#texts.none : this.#texts.all_left_out);
    }
    const number = document.createElement("strong");
    number.textContent = plural(this.#texts.chapters, chosen, { n: count(chosen) });
    const rest = document.createElement("span");
    rest.textContent = this.#sums(characters, seconds, usd, (time) =>
      fill(this.#texts.about, { time }),
    );
    total.replaceChildren(number, " ", rest);
  }

  #sums(characters, seconds, usd, told) {
    const length = told(spokenLength(seconds, this.#texts));
    return [plural(this.#texts.characters, characters), length, money(usd, this.#texts)].join(
      " · ",
    );
  }
}

customElements.define("document-desk", DocumentDesk);
