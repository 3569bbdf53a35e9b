// <studio-desk>: the form to write in, with all that a script adds to it.
import "../library/row_progress.js";
import { texts as textsOf } from "../lib/texts.js";
import { keepDraft } from "./draft.js";
import { takeFiles } from "./drop.js";
import { Manuscript } from "./manuscript.js";
import { offerMarkup } from "./markup_offer.js";
import { suggestName } from "./suggested_name.js";
import { keepQuote } from "./quote.js";
import { offerSpeakers } from "./speakers.js";
import { speakFrom } from "./speak.js";
import { followLanguage } from "./voice_by_language.js";
import "./voice_picker.js";
import "../voices/voice_offer.js";

class StudioDesk extends HTMLElement {
  #leaving = null;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const form = this.querySelector("form");
    const text = new Manuscript(form.querySelector("[data-manuscript]"));
    const note = this.querySelector("[data-desk-note]");
    const tell = (sentence, isBad = false, actions = []) => {
      note.classList.toggle("bad", isBad);
      note.replaceChildren(sentence, ...actions.flatMap((action) => [" ", action]));
    };
    const desk = {
      root: this,
      form,
      text,
      tell,
      signal,
      texts: textsOf("studio-texts"),
      address: this.dataset,
    };
    suggestName(desk);
    desk.speakers = offerSpeakers(desk);
    desk.markup = offerMarkup(desk);
    desk.voice = followLanguage(desk);
    desk.quote = keepQuote(desk);
    desk.draft = keepDraft(desk);
    takeFiles(desk);
    speakFrom(desk);
    document.addEventListener("turbo:before-cache", () => text.settle(), { signal });
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }
}

customElements.define("studio-desk", StudioDesk);
