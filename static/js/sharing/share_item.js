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
    openShare(event.currentTarget.href, this.textContent.trim(), this.dataset.close);
  }
}

// Shows the page of an address over this one; `name` and `closeName` are what it is called.
export function openShare(address, name, closeName) {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet share-dialog";
  dialog.setAttribute("aria-label", name);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain share-close";
  close.setAttribute("aria-label", closeName);
  close.textContent = "×";
  close.addEventListener("click", () => dialog.close());
  const frame = document.createElement("turbo-frame");
  frame.id = FRAME;
  frame.className = FRAME;
  frame.target = "_top";
  frame.src = address;
  dialog.append(close, frame);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

customElements.define("share-item", ShareItem);
