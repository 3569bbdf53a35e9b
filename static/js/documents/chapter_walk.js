// From chapter to chapter in the review: links and keys close the open one and open its neighbour.
// What was typed into a chapter is saved on the way, and before the book is spoken; whoever leaves
// the page is asked.
import { recall } from "../lib/memory.js";

const TYPING = "input:not([type=checkbox]), textarea, select";
const WAYS = { N: "nextElementSibling", P: "previousElementSibling" };

export function walkChapters(desk, signal) {
  desk.addEventListener("click", pressed, { signal });
  desk.addEventListener("keydown", key, { signal });
  desk.addEventListener("submit", saveFirst, { signal, capture: true });
  addEventListener("beforeunload", (event) => unsaved().length && event.preventDefault(), {
    signal,
  });
  document.addEventListener("turbo:before-visit", ask, { signal });

  function pressed(event) {
    const step = event.target.closest("[data-chapter-step]");
    if (!step || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const next = desk.querySelector(`[data-chapter="${step.dataset.chapterStep}"]`);
    event.preventDefault();
    walk(step.closest("[data-chapter]"), next);
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.shiftKey) return;
    if (!WAYS[event.key] || event.target.matches(TYPING) || !recall("keys", true)) return;
    const row = event.target.closest("[data-chapter]:has(details[open])");
    const next = row?.[WAYS[event.key]];
    if (!row) return;
    event.preventDefault();
    if (next) walk(row, next);
  }

  async function walk(row, next) {
    if (!(await saved(row.querySelectorAll(".chapter-edit")))) return;
    row.querySelector("details").open = false;
    next.querySelector("details").open = true;
    next.querySelector("summary").focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }

  function unsaved() {
    return [...desk.querySelectorAll(".chapter-edit")].filter(isChanged);
  }

  async function saveFirst(event) {
    if (!event.target.matches("[data-review]") || !unsaved().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await saved(unsaved())) event.target.requestSubmit(event.submitter);
  }

  function ask(event) {
    if (!unsaved().length) return;
    if (!confirm(desk.dataset.unsaved)) event.preventDefault();
  }
}

function fields(form) {
  return [form.elements.title, form.elements.text];
}

function isChanged(form) {
  return fields(form).some(({ value, defaultValue }) => value !== defaultValue);
}

// Whether all of these could be saved; one that cannot says why in its place.
async function saved(forms) {
  for (const form of [...forms].filter(isChanged)) {
    const ended = new Promise((resolve) =>
      form.addEventListener("turbo:submit-end", resolve, { once: true }),
    );
    form.requestSubmit();
    const { detail } = await ended;
    if (!detail.success) return false;
    for (const field of fields(form)) field.defaultValue = field.value; // its frame follows later
  }
  return true;
}
