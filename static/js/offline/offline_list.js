// <offline-list>: the pieces that this device keeps, to be played or removed.
import { text } from "../lib/texts.js";
import { runningTime } from "../lib/format.js";
import { kept } from "./cache.js";

class OfflineList extends HTMLElement {
  #show = () => this.#draw();

  connectedCallback() {
    kept.addEventListener("change", this.#show);
    this.#draw();
  }

  disconnectedCallback() {
    kept.removeEventListener("change", this.#show);
  }

  #draw() {
    const files = kept.list();
    const list = document.createElement("ol");
    list.className = "rows";
    list.append(...files.map((file) => this.#row(file)));
    const empty = document.createElement("p");
    empty.className = "empty";
    empty.textContent = text("nothing_kept");
    this.replaceChildren(files.length ? list : empty);
  }

  #row(file) {
    const row = document.createElement("li");
    row.className = "row";
    const play = this.#button("quiet", text("play"), text("play_named", { name: file.name }));
    play.dataset.play = JSON.stringify(file);
    const link = document.createElement("a");
    link.className = "row-name";
    link.href = `/files/${file.filename}`;
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = file.name;
    link.append(name);
    const length = document.createElement("span");
    length.className = "row-state";
    length.textContent = `${runningTime(file.duration)} · ${(file.size / 1e6).toFixed(1)} MB`;
    const remove = this.#button("plain", text("remove"), text("forget"));
    remove.addEventListener("click", () => kept.forget(file.filename));
    row.append(play, link, length, remove);
    return row;
  }

  #button(kind, word, label) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = kind;
    button.textContent = word;
    button.setAttribute("aria-label", label);
    return button;
  }
}

customElements.define("offline-list", OfflineList);
