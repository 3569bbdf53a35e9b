// <reading-settings>: a choice changes how the text looks at once, and is kept on the server.
import { Refused, send } from "../lib/form_post.js";

class ReadingSettings extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this.#change);
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#change);
  }

  #change = async ({ target }) => {
    const { name, value } = target;
    const piece = this.closest(".piece");
    const look = () => piece.setAttribute(`data-${name.replaceAll("_", "-")}`, value);
    const text = document.querySelector("read-along");
    if (text?.keepPlace) text.keepPlace(look);
    else look();
    try {
      await send(this.querySelector("form").action, { [name]: value }, { keepalive: true });
      this.#tell("");
      window.Turbo?.cache.clear();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#tell(error.message);
    }
  };

  #tell(sentence) {
    const told = this.querySelector("[data-told]");
    told.hidden = !sentence;
    told.textContent = sentence;
  }
}

customElements.define("reading-settings", ReadingSettings);
