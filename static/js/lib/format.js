// Numbers as people read them, in the language of the page.
import { fill } from "./texts.js";

// `forms` holds a text for each plural category of the language, as the server made them.
export function plural(forms, number, values = {}) {
  const category = new Intl.PluralRules(document.documentElement.lang).select(number);
  return fill(forms[category] ?? forms.other, { n: count(number), ...values });
}

export function count(number) {
  return new Intl.NumberFormat(document.documentElement.lang).format(number);
}

// Seconds to the nearest whole one, a half up; web/formatting.py counts alike.
function wholeSeconds(seconds) {
  return Math.max(0, Math.floor((seconds || 0) + 0.5));
}

// A place in a sound as a player shows it: 0:58, 1:02:03.
export function clock(seconds) {
  const whole = wholeSeconds(seconds);
  const tail = String(whole % 60).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${tail}`;
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${minutes}:${tail}`;
}

// The length of a sound as a player shows it; whatever can be heard has a second at least.
export function runningTime(seconds) {
  return clock(seconds > 0 ? Math.max(1, seconds) : 0);
}

export function money(usd, words) {
  if (usd === null) return words.unknown;
  if (usd <= 0) return words.free;
  const digits = usd >= 1 ? 2 : 4;
  const shown = (amount) =>
    new Intl.NumberFormat(document.documentElement.lang, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: 0,
      maximumFractionDigits: digits,
    }).format(amount);
  return usd < 0.0001 ? fill(words.under, { amount: shown(0.0001) }) : shown(usd);
}

export function spokenLength(seconds, words) {
  const whole = wholeSeconds(seconds > 0 ? Math.max(1, seconds) : 0);
  if (whole < 60) return fill(words.s, { s: whole });
  const minutes = Math.floor(whole / 60);
  if (minutes < 10 && whole % 60) return fill(words.min_s, { min: minutes, s: whole % 60 });
  const all = wholeSeconds(whole / 60);
  if (all < 60) return fill(words.min, { min: all });
  const hours = count(Math.floor(all / 60));
  return all % 60 ? fill(words.h_min, { h: hours, min: all % 60 }) : fill(words.h, { h: hours });
}
