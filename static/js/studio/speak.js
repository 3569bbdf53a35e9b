// Speak: the text goes to the worker, its sound to the player, and the page is ready for the next.
import { fill } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";

export function speakFrom({
  root,
  form,
  text,
  texts,
  address,
  quote,
  draft,
  speakers,
  markup,
  voice,
  tell,
}) {
  const button = form.querySelector("[data-speak]");
  const title = form.querySelector("[data-name]");
  let last = null;

  async function speak() {
    const words = text.value;
    if (!words.trim()) {
      tell(texts.empty, true);
      return text.focus();
    }
    const fields = new FormData(form);
    fields.set("text", words);
    button.disabled = true;
    try {
      await draft.forget();
      for (const version of draft.versions()) fields.append("known", version); // the last just came
      const answer = await send(address.generateUrl, fields);
      begin(await answer.json(), { words, name: title.value });
    } catch (error) {
      draft.keep();
      if (!(error instanceof Refused)) throw error;
      tell(error.message, true);
    } finally {
      button.disabled = false;
    }
  }

  function begin(file, written) {
    last = { ...written, isLiteral: form.elements.markup.checked };
    clear();
    const detail = {
      filename: file.filename,
      name: file.name,
      voice_name: form.querySelector("[data-voice-name]").textContent,
      status: file.status,
      duration: file.duration,
    };
    // On a slow line the first piece may be sent before the player has arrived.
    customElements
      .whenDefined("player-dock")
      .then(() => document.dispatchEvent(new CustomEvent("player:play", { detail })));
    tell(fill(texts.begun, { name: file.name }), false, [
      link(texts.open, file.url),
      act(texts.bring_back, bringBack),
    ]);
    showLately();
  }

  function clear() {
    text.value = "";
    title.value = "";
    title.placeholder = texts.untitled;
    quote.forget();
    speakers.forget();
    markup.forget();
    voice.settle();
    text.focus();
  }

  function bringBack() {
    title.value = last.name;
    form.elements.markup.checked = last.isLiteral;
    text.replace(last.words);
    tell("");
    text.focus();
  }

  async function showLately() {
    const answer = await fetch(address.studioUrl, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const lately = page.querySelector("[data-lately]");
    if (lately && root.isConnected) root.querySelector("[data-lately]").replaceWith(lately);
    document.dispatchEvent(new CustomEvent("library:changed"));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) speak();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
}

function link(label, address) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = label;
  return made;
}

export function act(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain";
  made.textContent = label;
  made.addEventListener("click", action);
  return made;
}
