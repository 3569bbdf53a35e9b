// <passkey-login>: signs in with a passkey.
import { send } from "../lib/form_post.js";
import { sign } from "./keys.js";
import { PasskeyElement } from "./passkey_element.js";

class PasskeyLogin extends PasskeyElement {
  prepare() {
    this.querySelector("[data-sign-in]").addEventListener("click", () =>
      this.attempt(() => this.#signIn()),
    );
  }

  async #signIn() {
    const { questionUrl, answerUrl, next, step } = this.dataset;
    const question = await (await send(questionUrl, { step })).json();
    const { url } = await (
      await send(answerUrl, { answer: await sign(question), next, step })
    ).json();
    location.assign(url);
  }
}

customElements.define("passkey-login", PasskeyLogin);
