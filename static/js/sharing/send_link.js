// <send-link>: hands a link to the apps of the device, where it lets pages do so.
class SendLink extends HTMLElement {
  connectedCallback() {
    const shared = { title: this.dataset.name, url: this.dataset.link };
    if (!navigator.canShare?.(shared)) return;
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => {
      navigator.share(shared).catch(() => {}); // somebody who changed their mind
    });
  }
}

customElements.define("send-link", SendLink);
