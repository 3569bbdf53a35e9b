// <documents-shelf>: files dropped on it, or chosen, are read at once, each in a line of its own.
import "./imports_line.js";
import { hasFiles, importer } from "./importing.js";

class DocumentsShelf extends HTMLElement {
  #leaving;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const { importUrl, shelfUrl, mostMegabytes } = this.dataset;
    const list = this.querySelector("[data-dropped]");
    const imports = importer({ list, importUrl, shelfUrl, mostMegabytes: Number(mostMegabytes) });
    const form = this.querySelector("[data-import]");
    const { file, url } = form.elements;
    form.addEventListener(
      "submit",
      (event) => {
        if (!file.files.length && !url?.value.trim()) return;
        event.preventDefault();
        event.stopPropagation();
        imports.take(file.files, url?.value.trim());
        form.reset();
      },
      { signal },
    );
    // What is chosen is imported at once, as what is dropped is.
    file.addEventListener(
      "change",
      () => {
        if (file.files.length) imports.take(file.files);
        file.value = "";
      },
      { signal },
    );
    document.addEventListener(
      "dragover",
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        this.classList.add("is-over");
      },
      { signal },
    );
    document.addEventListener(
      "dragleave",
      (event) => event.relatedTarget || this.classList.remove("is-over"),
      { signal },
    );
    document.addEventListener(
      "drop",
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        this.classList.remove("is-over");
        imports.take(event.dataTransfer.files);
      },
      { signal },
    );
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }
}

customElements.define("documents-shelf", DocumentsShelf);
