// <share-item>: opens the page that shares something over the page that it was asked for on.
const FRAME = "share-panel";

class ShareItem extends HTMLElement {
  connectedCallback() {
    this.querySelector("a").addEventListener("click", (event) => this.#open(event));
  }

  #open(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !("HTMLDialogElement" in window))
      return;
    event.preventDefault();
    const dialog = this.#dialog(event.currentTarget.href);
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  #dialog(address) {
    const dialog = document.createElement("dialog");
    dialog.className = "sheet share-dialog";
    dialog.setAttribute("aria-label", this.textContent.trim());
    const close = document.createElement("button");
    close.type = "button";
    close.className = "plain share-close";
    close.setAttribute("aria-label", this.dataset.close);
    close.textContent = "×";
    close.addEventListener("click", () => dialog.close());
    const frame = document.createElement("turbo-frame");
    frame.id = FRAME;
    frame.className = FRAME;
    frame.target = "_top";
    frame.src = address;
    dialog.append(close, frame);
    return dialog;
  }
}

customElements.define("share-item", ShareItem);
