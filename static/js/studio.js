// The studio's page: a quote that keeps up with the typing, a name from the first words.
const EXACT_AT_ONCE = 20_000;
const form = document.querySelector("[data-studio]");
const text = form.querySelector("[data-text]");
const output = form.querySelector("[data-quote]");
const priceNote = form.querySelector("[data-price-note]");
const title = form.querySelector("[data-name]");
const speak = form.querySelector("[data-speak]");

let timer = 0;
let asked = null;
let known = null; // the last exact quote: what a character takes and costs

const counted = new Intl.NumberFormat("en");

function length(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  if (minutes < 60) return `${minutes} min`;
  const rest = Math.round(whole / 60) % 60;
  const hours = Math.floor(Math.round(whole / 60) / 60);
  return rest ? `${hours} h ${rest} min` : `${hours} h`;
}

function money(usd) {
  if (usd === null) return "price not known";
  if (usd <= 0) return "free";
  if (usd < 0.0001) return "under $0.0001";
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  return `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;
}

function show(characters, seconds, usd, isRough) {
  const unit = characters === 1 ? "character" : "characters";
  const parts = [`${counted.format(characters)} ${unit}`];
  if (seconds !== null) parts.push(`about ${length(seconds)}`, money(usd));
  output.textContent = characters ? parts.join(" · ") : "\u00a0";
  output.classList.toggle("is-rough", isRough);
}

function estimate() {
  const characters = text.value.length;
  const seconds = known ? characters * known.secondsEach : null;
  const usd = known && known.usdEach !== null ? characters * known.usdEach : null;
  show(characters, seconds, usd, true);
}

async function ask() {
  asked?.abort();
  if (!text.value.trim()) return show(0, null, null, false);
  asked = new AbortController();
  try {
    const answer = await fetch(form.dataset.quoteUrl, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      signal: asked.signal,
    });
    const quote = await answer.json();
    if (!answer.ok) {
      output.textContent = quote.error;
      return;
    }
    known = {
      secondsEach: quote.duration_s / quote.characters,
      usdEach: quote.cost_usd === null ? null : quote.cost_usd / quote.characters,
    };
    show(quote.characters, quote.duration_s, quote.cost_usd, false);
    priceNote.textContent = quote.price_note || "\u00a0";
  } catch (error) {
    if (error.name !== "AbortError") estimate();
  }
}

function changed() {
  clearTimeout(timer);
  const isLong = text.value.length > EXACT_AT_ONCE;
  estimate();
  timer = setTimeout(ask, isLong ? 1500 : 250);
}

function suggest() {
  const words = text.value.slice(0, 200).trim().split(/\s+/);
  let name = "";
  for (const word of words) {
    if (`${name} ${word}`.trim().length > 48) break;
    name = `${name} ${word}`.trim();
  }
  title.placeholder = name || "Untitled";
}

text.addEventListener("input", () => {
  suggest();
  changed();
});
for (const control of form.querySelectorAll("[data-quoted]")) control.addEventListener("change", ask);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(speak);
});
// Enter in a one-line field moves on instead of sending half a thought.
title.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    text.focus();
  }
});
form.addEventListener("submit", () => {
  clearTimeout(timer);
  asked?.abort();
  speak.textContent = "One moment…";
});
addEventListener("pageshow", () => {
  speak.textContent = "Speak";
  if (text.value) {
    suggest();
    ask();
  }
});
