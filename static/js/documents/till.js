// What the chosen chapters take, chapter by chapter and in all; the button is off where it would be
// refused, and a sentence beside it says why.
import { count, money, plural, spokenLength } from "../lib/format.js";
import { fill } from "../lib/texts.js";

export class Till {
  #desk;
  #texts;
  #secondsEach = null;
  #usdEach = null;
  #trouble = "";
  #obstacle;

  constructor(desk, texts) {
    this.#desk = desk;
    this.#texts = texts;
    this.#obstacle = desk.querySelector("[data-till]").dataset.obstacle;
    this.#allow(desk.querySelectorAll("[name=chapter]:checked").length);
  }

  show(plan) {
    for (const chapter of plan.chapters) this.#showChapter(chapter);
    this.#secondsEach = plan.characters ? plan.seconds / plan.characters : null;
    this.#usdEach =
      plan.cost_usd === null || !plan.characters ? null : plan.cost_usd / plan.characters;
    this.#obstacle = plan.obstacle ?? "";
    this.#say();
    this.#showTotal(plan.chosen, plan.characters, plan.seconds, plan.cost_usd);
  }

  // At once when chapters are ticked; the server's own sum follows.
  addUp() {
    const ticked = [...this.#desk.querySelectorAll("[name=chapter]:checked")];
    const rows = ticked.map((tick) => tick.closest("[data-chapter]"));
    const characters = rows.reduce((sum, row) => sum + Number(row.dataset.characters), 0);
    if (this.#secondsEach === null && characters) return this.#allow(ticked.length);
    const usd = this.#usdEach === null ? null : characters * this.#usdEach;
    this.#showTotal(ticked.length, characters, characters * this.#secondsEach, usd);
  }

  // What went wrong just now; it gives way to what stands in the way of speaking.
  tell(sentence) {
    this.#trouble = sentence;
    this.#say();
  }

  #say() {
    this.#desk.querySelector("[data-trouble]").textContent = this.#trouble || this.#obstacle;
  }

  #allow(chosen) {
    this.#desk.querySelector("[data-speak-book]").disabled = !chosen || Boolean(this.#obstacle);
  }

  #showChapter(chapter) {
    const row = this.#desk.querySelector(`[data-chapter="${chapter.number}"]`);
    if (!row) return;
    row.dataset.characters = chapter.characters;
    const tick = row.querySelector("[name=chapter]");
    if (tick.disabled !== chapter.is_empty) {
      tick.disabled = chapter.is_empty;
      tick.checked = chapter.is_chosen;
    }
    if (chapter.title) row.querySelector(".name").textContent = chapter.title;
    const length = spokenLength(chapter.seconds, this.#texts);
    row.querySelector("[data-sums]").textContent = chapter.is_empty
      ? this.#texts.empty
      : [this.#characters(chapter.characters), length, this.#money(chapter.cost_usd)].join(" · ");
  }

  #showTotal(chosen, characters, seconds, usd) {
    this.#allow(chosen);
    this.#desk.querySelector("[data-price]").textContent = chosen ? this.#money(usd) : "";
    const total = this.#desk.querySelector("[data-total]");
    if (!chosen) {
      const isTickable = this.#desk.querySelector("[name=chapter]:not(:disabled)");
      return total.replaceChildren(isTickable ? this.#texts.none : this.#texts.all_left_out);
    }
    const number = document.createElement("strong");
    number.textContent = plural(this.#texts.chapters, chosen, { n: count(chosen) });
    const rest = document.createElement("span");
    const time = spokenLength(seconds, this.#texts);
    rest.textContent = [this.#characters(characters), fill(this.#texts.about, { time })].join(
      " · ",
    );
    total.replaceChildren(number, " ", rest);
  }

  #characters(number) {
    return plural(this.#texts.characters, number);
  }

  #money(usd) {
    return money(usd, this.#texts);
  }
}
