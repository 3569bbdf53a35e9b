// <passkey-add>: adds a passkey to the account.
import { send } from "../lib/form_post.js";
import { make } from "./keys.js";
import { PasskeyElement } from "./passkey_element.js";

class PasskeyAdd extends PasskeyElement {
  prepare() {
    const form = this.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.attempt(() => this.#add(form.elements));
    });
  }

  async #add({ name, current }) {
    const question = await (
      await send(this.dataset.questionUrl, { current: current.value })
    ).json();
    const answer = await make(question);
    const { url } = await (await send(this.dataset.addUrl, { answer, name: name.value })).json();
    if (new URL(url, location.href).pathname === location.pathname) location.reload();
    else location.assign(url);
  }
}

customElements.define("passkey-add", PasskeyAdd);
