// The list follows the search field and the filters while they change.
import { plural } from "../lib/format.js";
import { texts } from "../lib/texts.js";
import { Away, fetchPage, swap } from "./page.js";

const REST_MS = 120;
let timer = 0;
let asked = null;

function addressOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form))
    if (value && !(name === "sort" && value === "newest")) query.append(name, value);
  return query.size ? `${form.action}?${query}` : form.action;
}

async function find(form) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const address = addressOf(form);
  const found = document.querySelector("[data-found]");
  found.setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(address, signal);
    if (signal.aborted) return;
    swap(page, "[data-found]");
    moveTo(address);
    tell();
    document.dispatchEvent(new CustomEvent("library:changed"));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Away)) throw error;
    found.removeAttribute("aria-busy");
    const sentence = document.createElement("p");
    sentence.className = "empty bad";
    sentence.textContent = error.message;
    found.replaceChildren(sentence);
  }
}

// Turbo must know the address, too: it keeps the page under it, and goes back to it.
function moveTo(address) {
  const { history, view } = window.Turbo.session;
  const here = new URL(address);
  history.replace(here, history.restorationIdentifier);
  view.lastRenderedLocation = here;
}

function tell() {
  const number = document.querySelectorAll("[data-found] [data-file]").length;
  const hasMore = document.querySelector("[data-found] endless-list");
  const words = texts("library-texts");
  const forms = hasMore ? words.shown_first : words.shown;
  document.querySelector("[data-list-note]").textContent = number
    ? plural(forms, number)
    : words.nothing;
}

function mark(form) {
  for (const choice of form.querySelectorAll("select:not([name=sort])"))
    choice.toggleAttribute("data-set", Boolean(choice.value));
  const dates = [...form.querySelectorAll("[type=date]")];
  form.querySelector(".dates summary").toggleAttribute(
    "data-set",
    dates.some((field) => field.value),
  );
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-filters]");
  if (!form) return;
  mark(form);
  clearTimeout(timer);
  timer = setTimeout(find, event.target.type === "search" ? REST_MS : 0, form);
});
// On a slow line somebody may type before this script has arrived.
const typed = document.querySelector("[data-filters] [type=search]");
if (typed && typed.value !== typed.defaultValue)
  typed.dispatchEvent(new Event("input", { bubbles: true }));
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-filters]");
  if (!form) return;
  event.preventDefault();
  clearTimeout(timer);
  find(form);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-filters] [type=search]")) return;
  if (event.key === "Escape" && field.value) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    document.querySelector("[data-found] .name")?.focus();
  }
});
