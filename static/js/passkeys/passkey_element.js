// What both passkey elements do: they show only where the browser can, and act one press at a time.
import { Refused } from "../lib/form_post.js";
import { isPossible } from "./keys.js";

export class PasskeyElement extends HTMLElement {
  connectedCallback() {
    this.hidden = !isPossible;
    this.prepare();
  }

  // One press at a time; what went wrong is told beside the button.
  async attempt(work) {
    const told = this.querySelector("[data-refused]");
    const button = this.querySelector("button");
    told.hidden = button.disabled = true;
    try {
      await work();
    } catch (error) {
      told.textContent =
        error instanceof Refused && error.message ? error.message : this.dataset.told;
      told.hidden = false;
    } finally {
      button.disabled = false;
    }
  }
}
