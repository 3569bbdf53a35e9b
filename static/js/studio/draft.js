// What is being written is kept on the server: it is there after a reload, and on another device.
import { Refused, send } from "../sending.js";

const REST_MS = 500;
const SOON_MS = 150; // after a paste has been drawn
const BEACON = 60_000; // bytes that a browser still sends for a page that goes

export function keepDraft({ form, text, texts, address, signal }) {
  const note = form.querySelector("[data-draft-note]");
  let timer = 0;
  let isSaved = true;
  let sending = null;

  function fields() {
    const all = new FormData(form);
    all.set("text", text.value);
    return all;
  }

  async function save(isLeaving = false) {
    clearTimeout(timer);
    // One after the other: of two on their way the older might arrive last.
    if (sending && !isLeaving) await sending;
    if (isSaved) return;
    isSaved = true;
    sending = put(isLeaving && text.value.length * 3 < BEACON);
    await sending;
  }

  async function put(keepalive) {
    try {
      await send(address.draftUrl, fields(), { keepalive });
      if (isSaved) note.textContent = text.value.trim() ? texts.draft_kept : "";
    } catch (error) {
      isSaved = false;
      if (error instanceof Refused) note.textContent = texts.draft_not_kept;
      else throw error;
    }
  }

  function change(event) {
    isSaved = false;
    note.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, event.inputType === "insertFromPaste" ? SOON_MS : REST_MS);
  }

  form.addEventListener("input", change);
  form.addEventListener("change", change);
  addEventListener("pagehide", () => save(true), { signal });
  document.addEventListener("visibilitychange", () => document.hidden && save(true), { signal });
  signal.addEventListener("abort", () => save(true));
  return {
    // What is being sent is no draft any more, nor what is on its way to become one.
    async forget() {
      clearTimeout(timer);
      isSaved = true;
      await sending;
      note.textContent = "";
    },
    keep: () => change({}),
  };
}
