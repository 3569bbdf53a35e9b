// <studio-desk>: the form to write in, with all that a script adds to it.
import "../library/row_progress.js";
import { texts as textsOf } from "../lib/texts.js";
import { keepDraft } from "./draft.js";
import { generateButton } from "./generate_button.js";
import { makeRoomForKeyboard } from "./keyboard.js";
import { Manuscript } from "./manuscript.js";
import { offerMarkup } from "./markup_offer.js";
import { suggestName } from "./suggested_name.js";
import { keepQuote } from "./quote.js";
import { offerSpeakers } from "./speakers.js";
import { speakFrom } from "./speak.js";
import { takeSources } from "./sources.js";
import { keepStatus } from "./status_line.js";
import { followLanguage } from "./voice_by_language.js";
import "./voice_picker.js";
import "../voices/voice_offer.js";

class StudioDesk extends HTMLElement {
  #leaving = null;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const form = this.querySelector("[data-studio]");
    const text = new Manuscript(form.querySelector("[data-manuscript]"));
    const desk = {
      root: this,
      form,
      text,
      signal,
      texts: textsOf("studio-texts"),
      address: this.dataset,
    };
    desk.tell = keepStatus(desk);
    desk.button = generateButton(desk);
    suggestName(desk);
    desk.speakers = offerSpeakers(desk);
    desk.markup = offerMarkup(desk);
    desk.voice = followLanguage(desk);
    desk.quote = keepQuote(desk);
    desk.draft = keepDraft(desk);
    takeSources(desk);
    makeRoomForKeyboard(desk);
    speakFrom(desk);
    form.addEventListener("voice:refused", ({ detail }) => desk.tell(detail, true));
    document.addEventListener("turbo:before-cache", () => text.settle(), { signal });
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }
}

customElements.define("studio-desk", StudioDesk);
