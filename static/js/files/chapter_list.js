// <chapter-list>: names the chapter that is read, marks it in the list of all, and leads to the ones
// before and after it. A press on any chapter's name brings its place to the head of the page.
const LINE_PX = 120; // of the page, at which one reads

class ChapterList extends HTMLElement {
  #leaving;
  #frame = 0;
  #start = null;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    document.addEventListener("scroll", () => this.#look(), { signal, passive: true });
    document.addEventListener("click", (event) => this.#go(event), { signal, capture: true });
    this.#look();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    cancelAnimationFrame(this.#frame);
  }

  get #links() {
    return [...document.querySelectorAll("#chapters [data-chapter]")];
  }

  #look() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const part = partAt(LINE_PX);
      if (part) this.#show(part);
    });
  }

  #show(part) {
    const starts = JSON.parse(part.parentElement.dataset.parts);
    const point = starts[Number(part.dataset.part) - 1];
    const links = this.#links;
    const here = links.findLastIndex((link) => Number(link.dataset.chapter) <= point);
    const start = links[here]?.dataset.chapter;
    if (start === undefined || start === this.#start) return;
    this.#start = start;
    for (const link of links) link.removeAttribute("aria-current");
    links[here].setAttribute("aria-current", "true");
    keepVisible(links[here]);
    for (const name of this.querySelectorAll("[data-chapter-here]"))
      name.textContent = links[here].textContent;
    for (const step of this.querySelectorAll("[data-step]"))
      lead(step, links[here + Number(step.dataset.step)]);
  }

  #go(event) {
    const link = event.target.closest?.("a[data-chapter]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const list = document.getElementById("chapters");
    if (list?.matches(":popover-open")) list.hidePopover();
    history.replaceState(history.state, "", link.href);
    document.dispatchEvent(
      new CustomEvent("reading:show", { detail: { point: Number(link.dataset.chapter) } }),
    );
  }
}

// The part of the text that lies at a height of the window.
function partAt(y) {
  const parts = document.querySelector("read-along")?.children ?? [];
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (parts[middle].getBoundingClientRect().top <= y) low = middle;
    else high = middle - 1;
  }
  return parts[low];
}

function lead(step, link) {
  if (link) step.href = link.href;
  else step.removeAttribute("href");
  if (link) step.dataset.chapter = link.dataset.chapter;
  else delete step.dataset.chapter;
}

// Within its list alone: the page stays where it is.
function keepVisible(link) {
  const list = link.closest("#chapters");
  const item = link.parentElement;
  const top = item.offsetTop - list.offsetTop;
  if (top < list.scrollTop || top + item.offsetHeight > list.scrollTop + list.clientHeight)
    list.scrollTop = top - list.clientHeight / 3;
}

customElements.define("chapter-list", ChapterList);
