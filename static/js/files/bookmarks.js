// The bookmarks of a piece: their frame is fetched anew when one was added, and each has a flag in the
// margin of the text.
import { boxOf, reading } from "./text_places.js";

const frame = () => document.getElementById("bookmarks");
let watcher = null;

function draw() {
  const text = reading();
  for (const flag of document.querySelectorAll(".mark-flag")) flag.remove();
  if (!text || !frame()) return;
  const top = text.parentElement.getBoundingClientRect().top;
  for (const mark of frame().querySelectorAll("[data-place]")) {
    const place = Number(mark.dataset.place);
    const range = text.rangeOf?.(place, place + 1);
    if (!range) continue; // it stands in a part that is not here
    const flag = document.createElement("span");
    flag.className = "mark-flag";
    flag.setAttribute("aria-hidden", "true");
    flag.style.top = `${boxOf(range).top - top}px`;
    text.parentElement.append(flag);
  }
}

function fetchAnew() {
  const own = frame();
  if (!own) return;
  const address = `/files/${reading().dataset.filename}/bookmarks`;
  if (own.getAttribute("src") === address) own.reload();
  else own.src = address;
}

async function watch() {
  watcher?.disconnect();
  await customElements.whenDefined("read-along");
  const text = reading();
  if (!text) return;
  watcher = new ResizeObserver(draw);
  watcher.observe(text);
}

// The list stays open or closed, as it was.
function keepOpen({ target, detail }) {
  if (target.id !== "bookmarks") return;
  detail.newFrame.querySelector("details").open = target.querySelector("details").open;
}

document.addEventListener("bookmarks:changed", fetchAnew);
document.addEventListener("turbo:before-frame-render", keepOpen);
document.addEventListener("turbo:frame-load", draw);
document.addEventListener("turbo:load", watch);
watch();
