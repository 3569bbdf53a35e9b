// Where a text comes from besides being written: files that are dropped or chosen, and pages of the
// web. A short plain text becomes the text, everything else is imported and reviewed first, a text
// in an old encoding among it, which the server recognises and tells.
import { hasFiles, importer } from "../documents/importing.js";
import { act } from "./speak.js";

const PLAIN = /\.(txt|text)$/i;
const SHORT = 200_000; // bytes; what is longer is a book
// With its scheme anything, without one only what can be nothing else: example.org, not “e.g.”.
const ADDRESS =
  /^(?:https?:\/\/\S{3,2000}|(?:[\p{L}\p{N}-]+\.)+\p{L}{2,24}(?::\d+)?(?:[/?#]\S{0,2000})?)$/iu;

export function takeSources(desk) {
  const { root, form, text, texts, address, tell } = desk;
  const title = form.querySelector("[data-name]");
  const imports = importer({
    list: root.querySelector("[data-dropped]"),
    importUrl: address.importUrl,
    shelfUrl: address.shelfUrl,
    mostMegabytes: Number(address.mostMegabytes),
    isBusy: () => text.value !== atDrop,
  });
  let atDrop = ""; // the text when something was dropped

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
      text.replace("");
      visit(written);
    });
    tell(texts.is_address, false, [fetchIt]);
  }

  function visit(page) {
    tell("");
    atDrop = text.value;
    imports.take([], page);
  }

  takeDrops(desk, take);
  chooseFiles(root, take);
  askForAddress(root, text, visit);
  // After what was said of the text before is gone.
  form.addEventListener("input", offerFetch);
}

function takeDrops({ root, signal }, take) {
  let depth = 0;

  function move(step) {
    depth = Math.max(0, depth + step);
    root.classList.toggle("is-over", depth > 0);
  }

  root.addEventListener("dragenter", (event) => hasFiles(event) && move(1));
  root.addEventListener("dragleave", (event) => hasFiles(event) && move(-1));
  root.addEventListener("drop", (event) => {
    move(-depth);
    if (hasFiles(event) && event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  });
  // Beside the page a file would open in place of the studio.
  for (const kind of ["dragover", "drop"])
    document.addEventListener(kind, (event) => hasFiles(event) && event.preventDefault(), {
      signal,
    });
}

function chooseFiles(root, take) {
  const chooser = root.querySelector("[data-open-file]");
  root.querySelector("[data-choose-file]").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    if (chooser.files.length) take([...chooser.files]);
    chooser.value = "";
  });
}

function askForAddress(root, text, visit) {
  const fold = root.querySelector("[data-web-page]");
  root.querySelector("[data-write]").addEventListener("click", (event) => {
    event.preventDefault();
    fold?.removeAttribute("open");
    text.focus();
  });
  if (!fold) return;
  const form = fold.querySelector("[data-address]");
  fold.addEventListener("toggle", () => fold.open && form.elements.url.focus());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    visit(form.elements.url.value.trim());
    form.reset();
  });
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
