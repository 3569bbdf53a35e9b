// What is set beside the chapters, folded into one line that says it; whether it lies open is kept.
import { recall, remember } from "../lib/memory.js";
import { plural } from "../lib/format.js";

const KEY = "review-settings";

export function foldSettings(desk, texts) {
  const fold = desk.querySelector("[data-settings]");
  const line = fold.querySelector("[data-settings-line]");
  if (recall(KEY, false)) fold.open = true;
  fold.addEventListener("toggle", (event) => {
    if (event.target === fold) remember(KEY, fold.open);
  });
  for (const kind of ["input", "change"]) fold.addEventListener(kind, show);

  function show() {
    const form = fold.querySelector("form");
    const { voice, speed, category } = form.elements;
    const said = [
      fold.querySelector("[data-voice-name]")?.textContent ?? voice.selectedOptions[0].text,
      speed.selectedOptions[0].text,
      texts[form.elements.as.value],
      category.value.trim(),
    ];
    const rules = [...fold.querySelectorAll("[name=rule]")];
    const leftOut = rules.filter((rule) => !rule.checked).length;
    if (rules.length) said.push(leftOut ? plural(texts.left_out, leftOut) : texts.nothing_left_out);
    line.textContent = said.filter(Boolean).join(" · ");
  }
}
