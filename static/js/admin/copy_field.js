// <copy-field>: what stands in its field is copied by a button.
class CopyField extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("[data-copy]");
    button.hidden = false;
    button.addEventListener("click", () => this.#copy());
  }

  async #copy() {
    const told = this.querySelector("[data-copy-told]");
    const isCopied = await this.#write(this.querySelector("input"));
    told.textContent = isCopied ? told.dataset.done : told.dataset.byHand;
  }

  // Without https browsers have no clipboard for pages, but most still copy what is selected.
  async #write(field) {
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      return document.execCommand("copy");
    }
  }
}

customElements.define("copy-field", CopyField);
