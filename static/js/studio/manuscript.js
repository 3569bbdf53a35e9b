// The text being written. A long one is shown in blocks, of which the browser lays out only those
// in view: a textarea takes a second for a megabyte, and again with each letter.
const LONG = 60_000;
const BLOCK = 4_000;

export class Manuscript {
  #area;
  #page;
  #holder;
  #kept = null;

  constructor(holder) {
    this.#holder = holder;
    this.#area = holder.querySelector("textarea");
    this.#page = holder.querySelector("[data-long]");
    this.#area.addEventListener("paste", (event) => this.#pasteInArea(event));
    this.#page.addEventListener("paste", (event) => this.#pasteInPage(event));
    this.#page.addEventListener("input", () => this.#edited());
    if (this.#area.value.length > LONG) this.value = this.#area.value;
  }

  get isLong() {
    return !this.#page.hidden;
  }

  get value() {
    if (!this.isLong) return this.#area.value;
    this.#kept ??= [...this.#page.childNodes].map((node) => node.textContent).join("");
    return this.#kept;
  }

  set value(text) {
    if (text.length > LONG) {
      this.#kept = text;
      this.#page.replaceChildren(...blocks(text));
      this.#area.value = "";
    } else {
      this.#kept = null;
      this.#area.value = text;
      this.#page.replaceChildren();
    }
    this.#page.hidden = text.length <= LONG;
    this.#area.hidden = text.length > LONG;
  }

  focus() {
    (this.isLong ? this.#page : this.#area).focus();
  }

  // For the form without script, and for a copy of the page that is kept.
  settle() {
    const text = this.value;
    this.#area.textContent = text;
    this.#area.value = text;
  }

  replace(text) {
    this.value = text;
    this.#tell();
  }

  #tell() {
    this.#holder.dispatchEvent(
      new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }),
    );
  }

  #pasteInArea(event) {
    const pasted = plainText(event);
    const area = this.#area;
    if (area.value.length + pasted.length <= LONG) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = area;
    const before = area.value.slice(0, selectionStart);
    this.value = before + pasted + area.value.slice(selectionEnd);
    this.#placeCaret(before.length + pasted.length);
    this.#tell();
  }

  #pasteInPage(event) {
    const pasted = plainText(event);
    event.preventDefault();
    const range = getSelection().getRangeAt(0);
    const before = this.#offset(range.startContainer, range.startOffset);
    const after = this.#offset(range.endContainer, range.endOffset);
    const text = this.value;
    this.value = text.slice(0, before) + pasted + text.slice(after);
    this.#placeCaret(before + pasted.length);
    this.#tell();
  }

  #edited() {
    for (const mark of this.#page.querySelectorAll("br")) mark.replaceWith("\n");
    this.#kept = null;
    if (this.#page.textContent.length > 1 || this.#page.textContent.trim()) return;
    this.value = "";
    this.focus();
  }

  #offset(node, offset) {
    const range = document.createRange();
    range.setStart(this.#page, 0);
    range.setEnd(node, offset);
    return range.toString().length;
  }

  #placeCaret(offset) {
    this.focus();
    if (!this.isLong) return this.#area.setSelectionRange(offset, offset);
    let rest = offset;
    for (const block of this.#page.childNodes) {
      const length = block.textContent.length;
      if (rest <= length) return getSelection().collapse(block.firstChild ?? block, rest);
      rest -= length;
    }
  }
}

function plainText(event) {
  return event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
}

function blocks(text) {
  const made = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + BLOCK);
    const line = end < text.length ? text.lastIndexOf("\n", end) + 1 : end;
    const space = line > start ? line : text.lastIndexOf(" ", end) + 1;
    if (end < text.length && space > start) end = space;
    const block = document.createElement("div");
    block.textContent = text.slice(start, end);
    made.push(block);
    start = end;
  }
  return made;
}
