// <voice-picker>: the plain list of voices as a dialog to search, hear and compare in.
import { plural } from "../lib/format.js";
import { selectOption } from "../lib/select.js";
import { fill, texts as textsOf } from "../lib/texts.js";
import { Refused, send } from "../lib/form_post.js";

// The words of a search as those of the rows are written: small letters without their marks.
function plainWords(text) {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return bare.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

class VoicePicker extends HTMLElement {
  #select;
  #dialog;
  #sound = new Audio();
  #heard = new Map();
  #turn = 0;
  #texts;

  connectedCallback() {
    this.#select = this.querySelector("select");
    this.#dialog = document.getElementById(this.dataset.dialog);
    this.#texts = textsOf("studio-texts");
    this.#find("open").addEventListener("click", () => this.#open());
    this.#find("open").addEventListener("pointerenter", () => this.#load(), { once: true });
    this.#find("hear-chosen").addEventListener("click", (event) =>
      this.#hearOne(event.currentTarget, this.#select.value),
    );
    this.#select.addEventListener("change", () => this.#showChosen());
    this.#dialog.addEventListener("click", (event) => this.#click(event));
    this.#dialog.addEventListener("input", (event) => this.#input(event));
    this.#dialog.addEventListener("close", () => this.#hush());
    this.#dialog.addEventListener("submit", (event) => event.preventDefault());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
  }

  disconnectedCallback() {
    this.#hush();
  }

  #find(name) {
    return this.querySelector(`[data-${name}]`);
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-${name}]`);
  }

  #rows() {
    return [...this.#dialog.querySelectorAll("[data-voice]")];
  }

  #showChosen() {
    const option = this.#select.selectedOptions[0];
    this.#find("voice-name").textContent = option.dataset.name ?? option.textContent.trim();
    for (const row of this.#rows()) {
      const isChosen = row.dataset.voice === option.value;
      row.classList.toggle("is-chosen", isChosen);
      const pick = row.querySelector("[data-pick]");
      if (isChosen) pick.setAttribute("aria-current", "true");
      else pick.removeAttribute("aria-current");
    }
  }

  async #open() {
    this.#dialog.showModal();
    this.#part("search").focus();
    await this.#load();
    this.#showChosen();
    if (this.#rows().length && !this.#dialog.querySelector(".is-chosen")) await this.#loadAnew();
    this.#dialog.querySelector(".is-chosen")?.scrollIntoView({ block: "center" });
  }

  #loading = null;

  #load() {
    this.#loading ??= this.#fetch().catch(() => {
      this.#loading = null;
      this.#tell(this.#texts.voices_away);
    });
    return this.#loading;
  }

  // The voice was installed after the list had come.
  async #loadAnew() {
    this.#loading = null;
    await this.#load();
    this.#showChosen();
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
    let shown = 0;
    for (const section of this.#dialog.querySelectorAll("[data-voice-list] section")) {
      let here = 0;
      for (const row of section.querySelectorAll("[data-voice]")) {
        const known = ` ${row.dataset.words}`;
        const fits = words.every((word) => known.includes(` ${word}`));
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
      this.#choose(voice, target.closest("[data-pick]").querySelector(".name").textContent);
    } else if (target.closest("[data-hear]")) {
      event.preventDefault();
      this.#hearOne(target.closest("[data-hear]"), voice);
    } else if (target.closest("[data-hear-all]")) this.#hearAll();
    else if (target.closest("[data-unmark]")) this.#unmark();
  }

  #choose(voice, name) {
    selectOption(this.#select, voice, name);
    this.#select.dispatchEvent(new Event("input", { bubbles: true }));
    this.#select.dispatchEvent(new Event("change", { bubbles: true }));
    this.#dialog.close();
    this.#find("open").focus();
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

  async #hearOne(button, voice) {
    if (button.classList.contains("is-playing")) return this.#hush();
    const turn = this.#hush();
    await this.#hear(turn, button, voice, this.#ownSentence());
  }

  async #hearAll() {
    const turn = this.#hush();
    const rows = this.#marked();
    const sentence = this.#ownSentence() || rows[0].closest("section").dataset.sentence;
    for (const row of rows) {
      if (turn !== this.#turn) return;
      const name = row.querySelector(".name").textContent;
      this.#tell(fill(this.#texts.heard, { name }));
      row.scrollIntoView({ block: "nearest" });
      await this.#hear(turn, row.querySelector("[data-hear]"), row.dataset.voice, sentence);
    }
  }

  async #hear(turn, button, voice, sentence) {
    button.classList.add("is-playing");
    try {
      const address = await this.#preview(voice, sentence);
      if (turn === this.#turn) await this.#play(address);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#tell(error.message, true);
    } finally {
      button.classList.remove("is-playing");
    }
  }

  #preview(voice, sentence) {
    const key = JSON.stringify([voice, sentence]);
    if (!this.#heard.has(key)) {
      const asked = send(this.dataset.previewUrl, { voice, sentence }, {})
        .then((answer) => answer.blob())
        .then((blob) => URL.createObjectURL(blob));
      asked.catch(() => this.#heard.delete(key));
      this.#heard.set(key, asked);
    }
    return this.#heard.get(key);
  }

  #play(address) {
    document.querySelector("player-dock")?.player?.sound.pause();
    this.#sound.src = address;
    return new Promise((ended) => {
      for (const event of ["ended", "pause", "error"])
        this.#sound.addEventListener(event, ended, { once: true });
      this.#sound.play().catch(ended);
    });
  }

  #hush() {
    this.#sound.pause();
    return (this.#turn += 1);
  }

  #tell(sentence, isBad = false) {
    const note = this.#part("voices-note");
    note.textContent = sentence;
    note.classList.toggle("bad", isBad);
  }
}

customElements.define("voice-picker", VoicePicker);
