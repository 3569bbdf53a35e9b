// The voice follows the language of the text until one is chosen by hand: for this text, undoably.
import { selectOption } from "../lib/select.js";
import { fill } from "../lib/texts.js";
import { send } from "../lib/form_post.js";
import { act } from "./speak.js";

export function followLanguage({ root, form, texts }) {
  const line = form.querySelector("[data-voice-line]");
  const { voice, speed, paragraph_pause: pause } = form.elements;
  const { voice_shown: voiceShown, pace_shown: paceShown } = form.elements;
  let before = "";

  function say(sentence = "", ...actions) {
    const words = document.createElement("span");
    words.textContent = sentence;
    line.replaceChildren(...(sentence ? [words, ...actions] : []));
  }

  function set(control, value, label, isAutomatic = true) {
    selectOption(control, value, label);
    const detail = { isAutomatic };
    control.dispatchEvent(new CustomEvent("change", { bubbles: true, detail }));
  }

  function choose(key, name) {
    set(voice, key, name, false);
  }

  function quoted({ detail: quote }) {
    if (quote.is_automatic && voiceShown.value === voice.value) follow(quote);
    else if (!quote.is_automatic && !voiceShown.value) remark(quote);
  }

  function follow(quote) {
    const earlier = voice.value;
    if (quote.voice_key !== earlier) {
      const name = voice.selectedOptions[0]?.textContent.trim();
      voiceShown.value = quote.voice_key;
      set(voice, quote.voice_key, quote.voice);
      if (quote.voice_key === before) say();
      else
        say(
          quote.voice_note ?? "",
          act(texts.undo, () => choose(earlier, name)),
        );
      before = earlier;
    } else if (!line.querySelector("button")) say(quote.voice_note ?? "");
    if (paceShown.value && paceShown.value !== quote.pace) {
      const [asked, ms] = quote.pace.split(" ");
      paceShown.value = quote.pace;
      for (const [control, value] of [
        [speed, asked],
        [pause, ms / 1000],
      ]) {
        const same = [...control.options].find((option) => Number(option.value) === Number(value));
        set(control, same?.value ?? String(value), String(value));
      }
    }
  }

  function remark({ voice_note: note, other_voice: other }) {
    const take = other && act(fill(texts.use_voice, other), () => choose(other.key, other.name));
    say(note ?? "", ...(take ? [take] : []));
  }

  form.addEventListener("studio:quoted", quoted);
  form.addEventListener("change", ({ target, detail }) => {
    if (detail?.isAutomatic) return;
    if (target === voice) {
      voiceShown.value = "";
      before = "";
      say();
    } else if (target === speed || target === pause) paceShown.value = "";
  });
  hearOffer(root);
  return {
    // What a text was read with is what the next one starts with.
    settle() {
      voiceShown.value = voice.value;
      paceShown.value = `${Number(speed.value)} ${Math.round(pause.value * 1000)}`;
      before = "";
      say();
    },
  };
}

function hearOffer(root) {
  const button = root.querySelector("[data-hear-offer]");
  button?.addEventListener("click", async (event) => {
    event.preventDefault();
    const fields = { voice: button.form.elements.voice.value };
    const sound = await (await send(button.formAction, fields, {})).blob();
    new Audio(URL.createObjectURL(sound)).play();
  });
}
