// <voice-dialog>: the voices to search, hear and compare, for whichever picker asks for one.
import { plural } from "../lib/format.js";
import { fill, texts as textsOf } from "../lib/texts.js";
import { Refused } from "../lib/form_post.js";
import { hear, hush, isTurn, play } from "./voice_preview.js";

// The words of a search as those of the rows are written: small letters without their marks.
function plainWords(text) {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return bare.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

class VoiceDialog extends HTMLElement {
  #dialog;
  #texts;
  #title;
  #wanted = {};
  #answer = null; // what waits for the choice

  connectedCallback() {
    this.#dialog = this.querySelector("dialog");
    this.#texts = textsOf("studio-texts");
    this.#title = this.#dialog.querySelector("h2").textContent;
    this.#dialog.addEventListener("click", (event) => this.#click(event));
    this.#dialog.addEventListener("input", (event) => this.#input(event));
    this.#dialog.addEventListener("close", () => this.#end(null));
    this.#dialog.addEventListener("submit", (event) => event.preventDefault());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
  }

  disconnectedCallback() {
    hush();
  }

  // Ask for a voice: its key and name, or null where the dialog is closed without one. `chosen` is
  // the key of the present one; `engine` and `none` are as those of <voice-picker>.
  choose(wanted) {
    this.#wanted = wanted;
    this.#show();
    return new Promise((answer) => (this.#answer = answer));
  }

  async #show() {
    const { none, title, chosen } = this.#wanted;
    this.#dialog.querySelector("h2").textContent = title ?? this.#title;
    this.#part("none").hidden = none === undefined;
    this.#part("none").textContent = none ?? "";
    this.#dialog.showModal();
    this.#part("search").focus();
    await this.load();
    this.#markChosen();
    if (chosen && this.#rows().length && !this.#dialog.querySelector(".is-chosen"))
      await this.#loadAnew();
    this.#filter();
    this.#dialog.querySelector(".is-chosen")?.scrollIntoView({ block: "center" });
  }

  #end(chosen) {
    hush();
    this.#answer?.(chosen);
    this.#answer = null;
    this.#dialog.close();
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-${name}]`);
  }

  #rows() {
    return [...this.#dialog.querySelectorAll("[data-voice]")];
  }

  #markChosen() {
    for (const row of this.#rows()) {
      const isChosen = row.dataset.voice === this.#wanted.chosen;
      row.classList.toggle("is-chosen", isChosen);
      const pick = row.querySelector("[data-pick]");
      if (isChosen) pick.setAttribute("aria-current", "true");
      else pick.removeAttribute("aria-current");
    }
  }

  #loading = null;

  load() {
    this.#loading ??= this.#fetch().catch(() => {
      this.#loading = null;
      this.#tell(this.#texts.voices_away);
    });
    return this.#loading;
  }

  // The voice was installed after the list had come.
  async #loadAnew() {
    this.#loading = null;
    await this.load();
    this.#markChosen();
  }

  async #fetch() {
    const answer = await fetch(this.dataset.voicesUrl, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector("[data-voice-list]");
    this.#part("voice-list").replaceWith(list);
    const languages = [...list.querySelectorAll("section")];
    const choice = this.#part("language");
    const chosen = choice.value;
    choice.length = 1;
    for (const { dataset } of languages) choice.append(new Option(dataset.name, dataset.language));
    choice.value = chosen;
    this.#count();
    this.#filter();
  }

  // Finding

  #input(event) {
    if (event.target.closest("[data-search], [data-language]")) this.#filter();
    if (event.target.closest("[data-compare]")) this.#count();
  }

  #filter() {
    const words = plainWords(this.#part("search").value);
    const language = this.#part("language").value;
    const engine = this.#wanted.engine ? `${this.#wanted.engine}:` : "";
    let shown = 0;
    for (const section of this.#dialog.querySelectorAll("[data-voice-list] section")) {
      let here = 0;
      for (const row of section.querySelectorAll("[data-voice]")) {
        const known = ` ${row.dataset.words}`;
        const fits =
          row.dataset.voice.startsWith(engine) && words.every((word) => known.includes(` ${word}`));
        row.hidden = !fits || (language && section.dataset.language !== language);
        here += row.hidden ? 0 : 1;
      }
      section.hidden = !here;
      shown += here;
    }
    this.#tell(shown ? plural(this.#texts.voices, shown) : this.#texts.no_voice);
  }

  // Up and down walk through the voices; from the search field, down enters them.
  #key(event) {
    const isDown = event.key === "ArrowDown";
    if (!isDown && event.key !== "ArrowUp") return;
    if (event.target.closest("select, [data-sentence]")) return;
    const shown = this.#rows().filter((row) => !row.hidden);
    const here = shown.indexOf(event.target.closest("[data-voice]"));
    const next = shown[here + (isDown ? 1 : -1)];
    event.preventDefault();
    if (!next) return isDown || this.#part("search").focus();
    next.querySelector("[data-pick]").focus();
  }

  // Choosing and hearing

  #click(event) {
    const target = event.target;
    if (target === this.#dialog || target.closest("[data-close]")) return this.#dialog.close();
    const voice = target.closest("[data-voice]")?.dataset.voice;
    if (target.closest("[data-pick]")) {
      event.preventDefault();
      const name = target.closest("[data-pick]").querySelector(".name").textContent;
      this.#end({ key: voice, name });
    } else if (target.closest("[data-none]")) this.#end({ key: "", name: this.#wanted.none });
    else if (target.closest("[data-hear]")) {
      event.preventDefault();
      this.#try(() =>
        hear(target.closest("[data-hear]"), this.dataset.previewUrl, voice, this.#ownSentence()),
      );
    } else if (target.closest("[data-hear-all]")) this.#try(() => this.#hearAll());
    else if (target.closest("[data-unmark]")) this.#unmark();
  }

  #marked() {
    return this.#rows().filter((row) => row.querySelector("[data-compare]").checked);
  }

  #count() {
    const number = this.#marked().length;
    this.#part("marked").hidden = number < 1;
    this.#part("marked-count").textContent = plural(this.#texts.marked, number);
    this.#part("hear-all").disabled = number < 2;
  }

  #unmark() {
    for (const row of this.#marked()) row.querySelector("[data-compare]").checked = false;
    this.#count();
    this.#part("search").focus();
  }

  #ownSentence() {
    return this.#part("sentence").value.trim();
  }

  async #hearAll() {
    const turn = hush();
    const rows = this.#marked();
    const sentence = this.#ownSentence() || rows[0].closest("section").dataset.sentence;
    for (const row of rows) {
      if (!isTurn(turn)) return;
      const name = row.querySelector(".name").textContent;
      this.#tell(fill(this.#texts.heard, { name }));
      row.scrollIntoView({ block: "nearest" });
      const button = row.querySelector("[data-hear]");
      await play(turn, button, this.dataset.previewUrl, row.dataset.voice, sentence);
    }
  }

  async #try(act) {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#tell(error.message, true);
    }
  }

  #tell(sentence, isBad = false) {
    const note = this.#part("voices-note");
    note.textContent = sentence;
    note.classList.toggle("bad", isBad);
  }
}

customElements.define("voice-dialog", VoiceDialog);
