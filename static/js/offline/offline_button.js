// <offline-button data-filename>: keeps a piece on this device, or removes it from there.
import { text } from "../lib/texts.js";
import { kept } from "./cache.js";

class OfflineButton extends HTMLElement {
  #button;
  #isBusy = false;
  #show = () => this.#draw();

  connectedCallback() {
    this.#button = this.querySelector("button");
    this.#button.hidden = !kept.isPossible;
    this.#button.addEventListener("click", this.#press);
    kept.addEventListener("change", this.#show);
    this.#draw();
  }

  disconnectedCallback() {
    this.#button?.removeEventListener("click", this.#press);
    kept.removeEventListener("change", this.#show);
  }

  #press = async () => {
    const { filename } = this.dataset;
    if (this.#isBusy) return;
    if (kept.has(filename)) return kept.forget(filename);
    this.#isBusy = true;
    this.#button.textContent = text("keeping", { percent: 0 });
    try {
      await kept.keep(filename, (part) => {
        this.#button.textContent = text("keeping", { percent: Math.round(part * 100) });
      });
      this.#isBusy = false;
      this.#draw();
    } catch {
      this.#isBusy = false;
      this.#button.textContent = text("keep_failed");
    }
  };

  #draw() {
    if (this.#isBusy) return;
    this.#button.textContent = text(kept.has(this.dataset.filename) ? "forget" : "keep");
  }
}

customElements.define("offline-button", OfflineButton);
