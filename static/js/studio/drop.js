// What is dropped on the page or opened from it: a short plain text becomes the text, everything
// else is imported and looked through first, a text in an old encoding among it, which the server
// recognises and tells. A lone web address can be fetched.
import { hasFiles, importer } from "../documents/importing.js";
import { act } from "./speak.js";

const PLAIN = /\.(txt|text)$/i;
const SHORT = 200_000; // bytes; what is longer is a book
const ADDRESS = /^https?:\/\/[^\s]{3,2000}$/i;

export function takeFiles({ root, form, text, texts, address, tell, signal }) {
  const chooser = form.querySelector("[data-open-file]");
  const title = form.querySelector("[data-name]");
  const imports = importer({
    list: root.querySelector("[data-dropped]"),
    importUrl: address.importUrl,
    shelfUrl: address.shelfUrl,
    mostMegabytes: Number(address.mostMegabytes),
    isBusy: () => text.value !== atDrop,
  });
  let atDrop = ""; // the text when something was dropped
  let depth = 0;

  async function take(files) {
    tell("");
    atDrop = text.value;
    const [file] = files;
    if (files.length > 1 || !PLAIN.test(file.name) || file.size > SHORT) return imports.take(files);
    const read = decode(new Uint8Array(await file.arrayBuffer()));
    if (read === null || !read.trim()) return imports.take(files);
    text.replace(read.replace(/\r\n?/g, "\n"));
    if (!title.value) title.value = file.name.replace(PLAIN, "").slice(0, 200);
    text.focus();
  }

  function offerFetch(event) {
    const written = text.value.trim();
    if (
      event.inputType !== "insertFromPaste" ||
      !("webImport" in address) ||
      !ADDRESS.test(written)
    )
      return;
    const fetchIt = act(texts.fetch_page, () => {
      tell("");
      text.replace("");
      atDrop = "";
      imports.take([], written);
    });
    tell(texts.is_address, false, [fetchIt]);
  }

  root.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    root.classList.add("is-over");
  });
  root.addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth -= 1;
    if (depth <= 0) root.classList.remove("is-over");
  });
  // Beside the page a file would open in place of the studio.
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), {
    signal,
  });
  document.addEventListener("drop", (event) => hasFiles(event) && event.preventDefault(), {
    signal,
  });
  root.addEventListener("drop", (event) => {
    depth = 0;
    root.classList.remove("is-over");
    if (hasFiles(event) && event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  });
  chooser.addEventListener("change", () => {
    if (chooser.files.length) take([...chooser.files]);
    chooser.value = "";
  });
  form.addEventListener("input", offerFetch);
}

// UTF-8 or UTF-16 by its mark, UTF-8 when it is valid; null for what may be anything.
function decode(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
