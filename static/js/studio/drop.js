// A text file dropped on the page, or opened from it, becomes the text.
import { fill } from "../shown.js";

const KINDS = /\.(txt|text|md|markdown|srt|vtt)$/i;

export function takeFiles({ root, form, text, texts, tell, signal }) {
  const chooser = form.querySelector("[data-open-file]");
  const title = form.querySelector("[data-name]");
  let depth = 0;

  async function take(file) {
    if (!KINDS.test(file.name)) return tell(fill(texts.other_kind, { name: file.name }), true);
    if (file.size > 4 * texts.most) return tell(fill(texts.too_large, { name: file.name }), true);
    const read = decode(new Uint8Array(await file.arrayBuffer()));
    text.replace(plain(read, file.name));
    if (!title.value) title.value = file.name.replace(KINDS, "").slice(0, 200);
    tell("");
    text.focus();
  }

  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  root.addEventListener("dragenter", (event) => {
    if (!hasFile(event)) return;
    depth += 1;
    root.classList.add("is-over");
  });
  root.addEventListener("dragleave", (event) => {
    if (!hasFile(event)) return;
    depth -= 1;
    if (depth <= 0) root.classList.remove("is-over");
  });
  // Beside the page a file would open in place of the studio.
  document.addEventListener("dragover", (event) => hasFile(event) && event.preventDefault(), { signal });
  document.addEventListener("drop", (event) => hasFile(event) && event.preventDefault(), { signal });
  root.addEventListener("drop", (event) => {
    depth = 0;
    root.classList.remove("is-over");
    if (hasFile(event) && event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
  chooser.addEventListener("change", () => {
    if (chooser.files.length) take(chooser.files[0]);
    chooser.value = "";
  });
}

// UTF-8 or UTF-16 by its mark, UTF-8 when it is valid, else the old Western encoding.
export function decode(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

export function plain(read, name) {
  const text = read.replace(/\r\n?/g, "\n");
  if (/\.(srt|vtt)$/i.test(name)) return captions(text);
  return /\.(md|markdown)$/i.test(name) ? markdown(text) : text;
}

// Each caption's words; a caption that goes on in the next one goes on in the line.
function captions(text) {
  const lines = [];
  for (const block of text.split(/\n{2,}/)) {
    const all = block.split("\n");
    const time = all.findIndex((line) => line.includes("-->"));
    if (time < 0) continue;
    const words = all.slice(time + 1).join(" ").replace(/<[^>]*>|\{\\[^}]*\}/g, "").trim();
    if (words && words !== lines.at(-1)) lines.push(words);
  }
  return lines.join("\n").replace(/([^.!?…"”’\n])\n/g, "$1 ");
}

// The marks of Markdown are for the eye; the words stay.
function markdown(text) {
  return text
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .replace(/^(```|~~~).*$/gm, "")
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]+)\](\([^)]*\)|\[[^\]]*\])/g, "$1")
    .replace(/^ {0,3}(#{1,6}|>|[-*+])[ \t]+/gm, "")
    .replace(/^(\s*[-*_]){3,}\s*$/gm, "")
    .replace(/(\*\*|__|~~)(?=\S)([\s\S]*?\S)\1/g, "$2")
    .replace(/(^|[\s(])([*_])(?=\S)([^*_\n]*?\S)\2(?=[\s).,;:!?]|$)/gm, "$1$3")
    .replace(/`([^`\n]+)`/g, "$1")
    .trim();
}
