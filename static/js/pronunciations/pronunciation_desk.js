// <pronunciation-desk>: an entry is heard where it is written, and what it makes of a sentence shown.
import { Refused, send } from "../lib/form_post.js";

const REST_MS = 400;

class PronunciationDesk extends HTMLElement {
  #form;
  #note;
  #sound = new Audio();
  #heard = new Map();
  #timer = 0;
  #asked = null;
  #playing = null;

  connectedCallback() {
    this.#form = this.querySelector("[data-entry]");
    this.#note = this.querySelector("[data-said]");
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("input", () => this.#lookSoon());
    this.addEventListener("change", () => this.#lookSoon());
    this.#sound.addEventListener("ended", () => this.#hush());
    if (this.#hasSpeech) this.#look();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#sound.pause();
  }

  get #hasWords() {
    const { pattern, sentence } = this.#form.elements;
    return Boolean(pattern.value.trim() || sentence.value.trim());
  }

  // A word that is passed over leaves nothing to say of itself, and one half written is often such.
  get #hasSpeech() {
    const { replacement, sentence } = this.#form.elements;
    return this.#hasWords && Boolean(replacement.value.trim() || sentence.value.trim());
  }

  #fields(more) {
    const fields = new FormData(this.#form);
    for (const [name, value] of Object.entries(more)) fields.set(name, value);
    return fields;
  }

  #lookSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), REST_MS);
  }

  // What would be said, and what hearing it would cost, before it is heard.
  async #look() {
    this.#asked?.abort();
    if (!this.#hasSpeech) return this.#tell("\u00a0");
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    await this.#try(async () => {
      const answer = await send(this.dataset.tryUrl, this.#fields({ act: "quote" }), { signal });
      const { told, price, cost_usd, cost_without_usd } = await answer.json();
      const isFree = cost_usd === 0 && cost_without_usd === 0;
      this.#tell(isFree ? told : `${told} · ${price}`);
    });
  }

  #click(event) {
    const button = event.target.closest("[data-hear]");
    if (!button) return;
    event.preventDefault();
    const isStopped = button === this.#playing;
    this.#hush();
    if (isStopped) return;
    if (this.#hasWords) this.#hear(button);
    else this.#form.elements.pattern.focus();
  }

  async #hear(button) {
    this.#playing = button;
    button.classList.add("is-playing");
    const isDone = await this.#try(async () => {
      const address = await this.#made(this.#fields({ with: button.value }));
      if (this.#playing !== button) return;
      document.querySelector("player-dock")?.player?.sound.pause();
      this.#sound.src = address;
      await this.#sound.play();
    });
    if (!isDone && this.#playing === button) this.#hush();
  }

  // The same sentence is fetched once for as long as the page is open.
  #made(fields) {
    const key = JSON.stringify([...fields].filter(([name]) => name !== "csrf_token"));
    if (!this.#heard.has(key)) {
      const asked = send(this.dataset.tryUrl, fields)
        .then((answer) => answer.blob())
        .then((blob) => URL.createObjectURL(blob));
      asked.catch(() => this.#heard.delete(key));
      this.#heard.set(key, asked);
    }
    return this.#heard.get(key);
  }

  #hush() {
    this.#sound.pause();
    this.#playing?.classList.remove("is-playing");
    this.#playing = null;
  }

  async #try(act) {
    try {
      await act();
      return true;
    } catch (error) {
      if (error.name === "AbortError") return false;
      if (!(error instanceof Refused)) throw error;
      this.#tell(error.message, true);
      return false;
    }
  }

  #tell(sentence, isBad = false) {
    this.#note.textContent = sentence;
    this.#note.classList.toggle("bad", isBad);
  }
}

customElements.define("pronunciation-desk", PronunciationDesk);
