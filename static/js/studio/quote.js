// A quote that keeps up with the typing: rough at once, exact when the hand rests.
import { money, plural, spokenLength } from "../lib/format.js";
import { fill } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";

const SAMPLE = 20_000; // a longer text costs in proportion
const REST_MS = 250;

export function keepQuote({ form, text, texts, address, button, tell }) {
  const output = form.querySelector("[data-quote]");
  const note = form.querySelector("[data-price-note]");
  let timer = 0;
  let asked = null;
  let known = null; // what a character takes and costs

  function show(isRough) {
    const written = text.value;
    const characters = written.trim() ? codePoints(written) : 0;
    const parts = [plural(texts.characters, characters)];
    let usd;
    if (known) {
      usd = known.usdEach === null ? null : characters * known.usdEach;
      const length = spokenLength(characters * known.secondsEach, texts);
      parts.push(fill(texts.about, { time: length }), money(usd, texts));
    }
    output.textContent = characters ? parts.join(" · ") : "";
    output.classList.toggle("is-rough", isRough);
    if (!characters) note.textContent = "";
    button.count(characters, usd);
  }

  async function ask() {
    asked?.abort();
    if (!text.value.trim()) return show(false);
    asked = new AbortController();
    try {
      const answer = await send(address.quoteUrl, fields(), { signal: asked.signal });
      take(await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Refused)) throw error;
      if (error.told) button.refuse(error.message);
      else tell(error.message, true);
    }
  }

  function fields() {
    const all = new FormData(form);
    const written = text.value;
    all.set("text", written.slice(0, SAMPLE));
    all.set("characters", codePoints(written));
    return all;
  }

  function take(quote) {
    known = {
      secondsEach: quote.duration_s / quote.characters,
      usdEach: quote.cost_usd === null ? null : quote.cost_usd / quote.characters,
    };
    show(false);
    note.textContent = quote.price_note;
    button.refuse(quote.obstacle);
    form.dispatchEvent(new CustomEvent("studio:quoted", { bubbles: true, detail: quote }));
  }

  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-manuscript]")) return;
    clearTimeout(timer);
    button.refuse("");
    show(true);
    timer = setTimeout(ask, REST_MS);
  });
  // What is listed later counts too: the voices of speakers.
  form.addEventListener("change", ({ target, detail }) => {
    if (target.closest("[data-quoted]") && !detail?.isAutomatic) ask();
  });
  if (text.value) ask();
  return { forget: () => (clearTimeout(timer), asked?.abort(), show(false)) };
}

function codePoints(text) {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
