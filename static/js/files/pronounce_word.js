// The dialog that says how a word of the text is to be pronounced, hears and saves it, and offers to
// re-record the sentences that hold it.
import { Refused, send } from "../lib/form_post.js";

const sound = new Audio();
let entry = null;

export function pronounce(menu, word) {
  const dialog = menu.querySelector("[data-pronounce]");
  const form = dialog.querySelector("form");
  form.reset();
  entry = null;
  form.elements.pattern.value = word;
  show(dialog, { isSaved: false });
  tell(dialog, "");
  if (!dialog.dataset.ready) prepare(dialog, form, menu.dataset.filename);
  dialog.showModal();
  form.elements[word ? "replacement" : "pattern"].focus();
}

function prepare(dialog, form, filename) {
  dialog.dataset.ready = "1";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(dialog, () => save(dialog, form, filename));
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches("[data-close]")) dialog.close();
    else if (button?.matches("[data-hear-word]")) attempt(dialog, () => hear(form));
    else if (button?.matches("[data-word-again]")) attempt(dialog, () => again(dialog, filename));
  });
  dialog.addEventListener("close", () => sound.pause());
}

async function save(dialog, form, filename) {
  const answer = await send(form.action, new FormData(form));
  entry = await answer.json();
  const saved = dialog.querySelector("[data-saved]").content.textContent.trim();
  tell(dialog, saved);
  show(dialog, { isSaved: true });
  try {
    const quote = await send(`/files/${filename}/pronunciations/${entry.id}`, { act: "quote" });
    const { sentences, told } = await quote.json();
    tell(dialog, `${saved} ${told}`);
    dialog.querySelector("[data-word-again]").hidden = !sentences;
  } catch (error) {
    if (!(error instanceof Refused)) throw error; // it is saved; a piece in the making follows it
  }
  dialog.querySelector("[data-word-again]:not([hidden]), [data-close]").focus();
}

async function hear(form) {
  const answer = await send("/pronunciations/try", new FormData(form));
  URL.revokeObjectURL(sound.src);
  sound.src = URL.createObjectURL(await answer.blob());
  document.querySelector("player-dock")?.player?.sound.pause();
  await sound.play();
}

async function again(dialog, filename) {
  await send(`/files/${filename}/pronunciations/${entry.id}`);
  dialog.close();
  window.Turbo.visit(location.href, { action: "replace" });
}

async function attempt(dialog, act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    tell(dialog, error.message);
  }
}

function tell(dialog, sentence) {
  dialog.querySelector("[data-pronounce-told]").textContent = sentence;
}

function show(dialog, { isSaved }) {
  dialog.querySelector("[data-save]").hidden = isSaved;
  dialog.querySelector("[data-word-again]").hidden = true;
}
