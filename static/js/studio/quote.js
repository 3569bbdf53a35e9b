// A quote that keeps up with the typing: rough at once, exact when the hand rests.
import { money, plural, spokenLength } from "../lib/format.js";
import { fill } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";

const SAMPLE = 20_000; // a longer text costs in proportion
const REST_MS = 250;

export function keepQuote({ form, text, texts, address }) {
  const output = form.querySelector("[data-quote]");
  const note = form.querySelector("[data-price-note]");
  let timer = 0;
  let asked = null;
  let known = null; // what a character takes and costs

  function show(isRough) {
    const characters = codePoints(text.value);
    const parts = [plural(texts.characters, characters)];
    if (known) {
      const length = spokenLength(characters * known.secondsEach, texts);
      parts.push(fill(texts.about, { time: length }));
      parts.push(money(known.usdEach === null ? null : characters * known.usdEach, texts));
    }
    output.textContent = characters ? parts.join(" · ") : "\u00a0";
    output.classList.toggle("is-rough", isRough);
    output.classList.remove("bad");
    if (characters > texts.most)
      refuse(fill(texts.too_long, { n: plural(texts.characters, characters) }));
  }

  function refuse(sentence) {
    output.textContent = sentence;
    output.classList.add("bad");
  }

  async function ask() {
    asked?.abort();
    if (!text.value.trim()) return show(false);
    asked = new AbortController();
    const fields = new FormData(form);
    fields.set("text", text.value.slice(0, SAMPLE));
    try {
      const answer = await send(address.quoteUrl, fields, { signal: asked.signal });
      const quote = await answer.json();
      known = {
        secondsEach: quote.duration_s / quote.characters,
        usdEach: quote.cost_usd === null ? null : quote.cost_usd / quote.characters,
      };
      show(false);
      note.textContent = quote.price_note || "\u00a0";
      form.dispatchEvent(new CustomEvent("studio:quoted", { bubbles: true, detail: quote }));
    } catch (error) {
      if (error instanceof Refused) refuse(error.message);
      else if (error.name !== "AbortError") throw error;
    }
  }

  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-manuscript]")) return;
    clearTimeout(timer);
    show(true);
    timer = setTimeout(ask, REST_MS);
  });
  for (const control of form.querySelectorAll("[data-quoted]"))
    control.addEventListener("change", (event) => event.detail?.isAutomatic || ask());
  if (text.value) ask();
  return { forget: () => (clearTimeout(timer), asked?.abort(), show(false)) };
}

function codePoints(text) {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
