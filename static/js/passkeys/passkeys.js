// <passkey-door> signs in, <passkey-maker> adds a passkey; both show only where the browser can.
import { Refused, send } from "../sending.js";
import { isPossible, make, sign } from "./keys.js";

class PasskeyElement extends HTMLElement {
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
      told.textContent = error instanceof Refused && error.message ? error.message : this.dataset.told;
      told.hidden = false;
    } finally {
      button.disabled = false;
    }
  }
}

class PasskeyDoor extends PasskeyElement {
  prepare() {
    this.querySelector("[data-sign-in]").addEventListener("click", () => this.attempt(() => this.#signIn()));
  }

  async #signIn() {
    const { questionUrl, answerUrl, next, step } = this.dataset;
    const question = await (await send(questionUrl, { step })).json();
    const { url } = await (await send(answerUrl, { answer: await sign(question), next, step })).json();
    location.assign(url);
  }
}

class PasskeyMaker extends PasskeyElement {
  prepare() {
    const form = this.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.attempt(() => this.#add(form.elements));
    });
  }

  async #add({ name, current }) {
    const question = await (await send(this.dataset.questionUrl, { current: current.value })).json();
    const answer = await make(question);
    const { url } = await (await send(this.dataset.addUrl, { answer, name: name.value })).json();
    if (new URL(url, location.href).pathname === location.pathname) location.reload();
    else location.assign(url);
  }
}

customElements.define("passkey-door", PasskeyDoor);
customElements.define("passkey-maker", PasskeyMaker);
