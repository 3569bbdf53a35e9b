// <linked-sound>: the sound of a link, for somebody without an account. It remembers the place on
// this device, and follows a piece that is still being generated.
import { recall, remember } from "../lib/memory.js";

const LOOK_MS = 4000;
const SAVE_S = 5;

class LinkedSound extends HTMLElement {
  #audio = this.querySelector("audio");
  #note = this.querySelector("[data-note]");
  #saved = 0;

  connectedCallback() {
    const audio = this.#audio;
    for (const button of this.querySelectorAll("[data-skip]")) {
      button.addEventListener("click", () => {
        audio.currentTime = Math.max(0, audio.currentTime + Number(button.dataset.skip));
      });
    }
    this.querySelector("[data-speed]").addEventListener("change", ({ target }) => {
      audio.playbackRate = Number(target.value);
    });
    audio.addEventListener("timeupdate", () => this.#keep());
    audio.addEventListener("loadedmetadata", () => this.#goOn(), { once: true });
    audio.addEventListener("play", () => this.#tellSystem(), { once: true });
    audio.addEventListener("error", () => this.#look());
    if ("making" in this.dataset) setTimeout(() => this.#follow(), LOOK_MS);
  }

  #goOn() {
    const place = recall(this.dataset.place, 0);
    if (place < this.#audio.duration - 1) this.#audio.currentTime = place;
  }

  #keep() {
    const now = this.#audio.currentTime;
    if (Math.abs(now - this.#saved) < SAVE_S) return;
    this.#saved = now;
    remember(this.dataset.place, now);
  }

  #tellSystem() {
    if (!("mediaSession" in navigator)) return;
    const { name, giver } = this.dataset;
    navigator.mediaSession.metadata = new MediaMetadata({ title: name, artist: giver });
  }

  async #look() {
    try {
      const answer = await fetch(this.dataset.state, { headers: { Accept: "application/json" } });
      if (answer.status === 404) this.#note.textContent = this.#note.dataset.gone;
      return answer.ok ? await answer.json() : null;
    } catch {
      return null; // the server is away for a moment
    }
  }

  async #follow() {
    const found = await this.#look();
    if (!this.isConnected || this.#note.textContent === this.#note.dataset.gone) return;
    if (found?.status === "ready") return this.#becomeWhole();
    if (found) {
      const percent = Math.round(found.progress * 100);
      this.#note.textContent = this.#note.dataset.spoken.replace("{percent}", percent);
    }
    setTimeout(() => this.#follow(), LOOK_MS);
  }

  // What plays live cannot be sought; the whole takes its place where nobody is listening.
  #becomeWhole() {
    this.#note.textContent = this.#note.dataset.ready;
    if (this.#audio.paused) this.#audio.load();
  }
}

customElements.define("linked-sound", LinkedSound);
