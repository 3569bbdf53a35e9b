// <password-eye>: a password that can be looked at while it is typed; it is sent as a password again.
class PasswordEye extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const field = this.querySelector("input");
    button.hidden = false;
    button.onclick = () => this.#show(field, button, field.type === "password");
    // Before browsers offer to keep what was typed, or remember it as a plain text.
    field.form?.addEventListener("submit", () => this.#show(field, button, false), {
      capture: true,
    });
  }

  #show(field, button, isShown) {
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  }
}

customElements.define("password-eye", PasswordEye);
