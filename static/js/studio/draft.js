// What is being written is kept on the server: it is there after a reload, and on another device.
import { Refused, send } from "../lib/form_post.js";

const REST_MS = 500;
const SOON_MS = 150; // after a paste has been drawn
const BEACON = 60_000; // bytes that a browser still sends for a page that goes

const MOST_OWN = 20;
const own = []; // versions that this tab has sent: a page that comes back from before knows them too

export function keepDraft({ form, text, texts, address, tell, signal }) {
  const note = form.querySelector("[data-draft-note]");
  const known = form.querySelector("[data-draft-known]");
  let timer = 0;
  let isSaved = true;
  let sending = null;
  let isOffered = false;
  let other = ""; // the version that somebody else has written

  function say(sentence, isBad = false) {
    note.classList.toggle("bad", isBad);
    if (note.textContent !== sentence) note.textContent = sentence;
  }

  function fields(version) {
    const all = new FormData(form);
    all.set("text", text.value);
    for (const one of own) all.append("known", one);
    all.set("version", version);
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
    const version = newVersion();
    const sent = fields(version);
    own.splice(0, Math.max(0, own.length - MOST_OWN + 1));
    own.push(version);
    try {
      await send(address.draftUrl, sent, { keepalive });
      known.value = version;
      if (isOffered) tell("");
      isOffered = false;
      if (isSaved) say(text.value.trim() ? texts.draft_kept : "");
    } catch (error) {
      isSaved = false;
      if (!(error instanceof Refused)) throw error;
      if (error.told?.version === undefined) say(texts.draft_not_kept, true);
      else offerToReplace(error);
    }
  }

  // Another page has written a draft since; only its person knows which of the two is wanted.
  function offerToReplace({ message, told }) {
    other = told.version;
    if (isOffered) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "plain", textContent: texts.draft_replace });
    button.addEventListener("click", () => {
      known.value = other;
      change({});
    });
    isOffered = true;
    tell(message, true, [button], true);
  }

  function change(event) {
    isSaved = false;
    say("");
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
      say("");
    },
    versions: () => own,
    keep: () => change({}),
  };
}

function newVersion() {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
