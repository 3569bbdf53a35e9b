// <voice-picker>: a plain list of voices that opens the dialog to search, hear and compare in. Any
// number of them share the page's one <voice-dialog>, which `data-dialog` names. With `data-engine`
// only its voices are offered, with `data-none` none of them as well, under that label.
import { selectOption } from "../lib/select.js";
import { Refused } from "../lib/form_post.js";
import { hear, hush } from "./voice_preview.js";
import "./voice_dialog.js";

class VoicePicker extends HTMLElement {
  #select;
  #hearing;

  connectedCallback() {
    this.#select = this.querySelector("select");
    this.#hearing = this.#find("hear-chosen");
    const open = this.#find("open");
    open.addEventListener("click", () => this.#choose());
    open.addEventListener("pointerenter", () => this.#dialog.load(), { once: true });
    this.#hearing.addEventListener("click", () => this.#hear());
    this.#select.addEventListener("change", () => this.#show());
    this.#show();
  }

  disconnectedCallback() {
    hush();
  }

  get #dialog() {
    return document.getElementById(this.dataset.dialog);
  }

  #find(name) {
    return this.querySelector(`[data-${name}]`);
  }

  #show() {
    const option = this.#select.selectedOptions[0];
    if (!option) return;
    this.#find("voice-name").textContent = option.dataset.name ?? option.textContent.trim();
    this.#hearing.disabled = !option.value;
  }

  async #choose() {
    const { engine, none, title } = this.dataset;
    const chosen = await this.#dialog.choose({ chosen: this.#select.value, engine, none, title });
    if (!chosen) return;
    selectOption(this.#select, chosen.key, chosen.name);
    for (const kind of ["input", "change"])
      this.#select.dispatchEvent(new Event(kind, { bubbles: true }));
    this.#find("open").focus();
  }

  async #hear() {
    try {
      await hear(this.#hearing, this.#dialog.dataset.previewUrl, this.#select.value);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.dispatchEvent(
        new CustomEvent("voice:refused", { bubbles: true, detail: error.message }),
      );
    }
  }
}

customElements.define("voice-picker", VoicePicker);
