// Speak: the text goes to the worker, its sound to the player, and the page is ready for the next.
import { fill } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";

export function speakFrom(desk) {
  const { root, form, text, texts, address, button, quote, draft, speakers, markup, voice } = desk;
  const { tell, signal } = desk;
  const title = form.querySelector("[data-name]");
  let last = null;

  async function speak() {
    const words = text.value;
    const fields = new FormData(form);
    fields.set("text", words);
    button.send(true);
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
      button.send(false);
    }
  }

  function begin(file, written) {
    last = { ...written, file, isLiteral: form.elements.markup.checked };
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
    tellState(texts.begun);
    showLately();
  }

  function tellState(sentence) {
    const { name, url } = last.file;
    last.isTold = true;
    tell(fill(sentence, { name }), false, [
      link(texts.open, url),
      act(texts.bring_back, bringBack),
    ]);
  }

  // What was said when it began holds until it is made, or cannot be.
  function settle(filename, status) {
    if (last?.file.filename !== filename || !last.isTold) return;
    if (status === "ready") tellState(texts.ready);
    else if (status === "failed") tellState(texts.failed);
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
    last.isTold = false;
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
    const row = lately?.querySelector(`.row[data-file="${last.file.filename}"]`);
    if (row) settle(last.file.filename, row.dataset.status);
    document.dispatchEvent(new CustomEvent("library:changed"));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.isOff()) speak();
    else if (!text.value.trim()) text.focus();
  });
  form.addEventListener("input", () => last && (last.isTold = false));
  document.addEventListener("piece:state", ({ detail }) => settle(detail.filename, detail.status), {
    signal,
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-speak]"));
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
