// The parts of a text on its page: those that come near are fetched, and places of the whole text
// are found in them. Places are counted in code points, as the server does.
const NEAR = "1500px 0px";
const SETTLED_MS = 60;

export class TextParts {
  #host;
  #parts;
  #watcher;
  #near = new Set();
  #timer = 0;
  #width = 0;

  constructor(host, signal) {
    this.#host = host;
    const starts = JSON.parse(host.dataset.parts);
    const length = Number(host.dataset.length);
    this.#parts = starts.map((start, index) => ({ start, end: starts[index + 1] ?? length }));
    const isFirstVisit = this.#place();
    this.#watcher = new IntersectionObserver((seen) => this.#notice(seen), { rootMargin: NEAR });
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(host);
    for (const part of this.#parts) if (!part.isLoaded) this.#watcher.observe(part.element);
    signal.addEventListener("abort", () => {
      this.#watcher.disconnect();
      sizes.disconnect();
    });
    if (isFirstVisit && this.#firstShown > 0) this.show(this.#firstShown, signal);
  }

  get #firstShown() {
    return this.#parts.findIndex((part) => part.isLoaded);
  }

  // Each part has its place, whether it is here or not; false where it had them before.
  #place() {
    const there = new Map();
    for (const element of this.#host.children) there.set(Number(element.dataset.part), element);
    const hadAll = there.size === this.#parts.length;
    this.#parts.forEach((part, index) => {
      part.element = there.get(index + 1) ?? waiting(index + 1);
      part.isLoaded = !("waiting" in part.element.dataset);
    });
    if (!hadAll) {
      const first = this.#firstShown;
      const after = this.#parts.slice(first).filter((part) => !part.isLoaded);
      this.#host.prepend(...this.#parts.slice(0, first).map((part) => part.element));
      this.#host.append(...after.map((part) => part.element));
    }
    this.#keepHeights();
    return !hadAll;
  }

  // A part that is not here is as high as its signs will be, by those that are seen.
  #keepHeights() {
    const seen = this.#parts.find((part) => part.isLoaded && isRendered(part.element));
    if (!seen || seen.end === seen.start) return;
    const ratio = seen.element.offsetHeight / (seen.end - seen.start);
    this.#width = this.#host.clientWidth;
    for (const part of this.#parts) keepHeight(part, ratio * (part.end - part.start));
  }

  #resized() {
    if (Math.abs(this.#host.clientWidth - this.#width) > 1) this.#keepHeights();
  }

  // Only what somebody stays at is fetched, not all that is flung past.
  #notice(seen) {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) this.#near.add(target);
      else this.#near.delete(target);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const element of this.#near) this.load(Number(element.dataset.part) - 1);
    }, SETTLED_MS);
  }

  // Settles once a part is here, or cannot be had now.
  load(index) {
    const part = this.#parts[index];
    if (part.isLoaded) return Promise.resolve();
    part.loading ??= this.#fetch(part, index + 1).finally(() => (part.loading = null));
    return part.loading;
  }

  async #fetch(part, number) {
    const address = `/files/${this.#host.dataset.filename}/parts/${number}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#fill(part, page.querySelector("[data-part]"));
    } catch {
      offerLink(part.element, number);
    }
  }

  #fill(part, fresh) {
    this.#watcher.unobserve(part.element);
    this.#near.delete(part.element);
    keepHeight(Object.assign(part, { isLoaded: true }), parseFloat(part.element.style.minHeight));
    fresh.style.cssText = part.element.style.cssText;
    fresh.style.minHeight = "";
    part.element.replaceWith(fresh);
    Object.assign(part, { element: fresh, nodes: null });
  }

  indexAt(point) {
    return Math.max(
      0,
      lastAt(this.#parts, (part) => part.start, point),
    );
  }

  // Brings a part to the head of the page, at once.
  async show(index, signal) {
    await this.load(index);
    for (let time = 0; time < 3 && !signal?.aborted; time += 1) {
      this.#parts[index].element.scrollIntoView({ block: "start", behavior: "instant" });
      await new Promise((resolve) => requestAnimationFrame(resolve)); // heights settle as it comes
    }
  }

  // The signs between two places, without white space around them; null where they are not here.
  range(start, end) {
    const from = this.#found(start);
    const to = this.#found(end, true) ?? (from && { part: from.part, unit: from.part.text.length });
    if (!from || (from.part === to.part && from.unit >= to.unit)) return null;
    const first = from.unit + from.part.text.slice(from.unit).search(/\S|$/);
    const last = to.part.text.slice(0, to.unit).trimEnd().length;
    if (from.part === to.part && first >= last) return null;
    const [begin, finish] = [spot(from.part, first), spot(to.part, last, true)];
    if (!begin || !finish) return null;
    return new StaticRange({
      startContainer: begin.node,
      startOffset: begin.offset,
      endContainer: finish.node,
      endOffset: finish.offset,
    });
  }

  // The place in the whole text of a place in the page; null for one outside of the text.
  point(node, offset) {
    const element = node.parentElement?.closest("[data-part]");
    const index = element && this.#host.contains(element) ? Number(element.dataset.part) - 1 : -1;
    const part = this.#parts[index];
    if (!part?.isLoaded) return null;
    let unit = 0;
    for (const each of read(part).nodes) {
      if (each === node) return part.start + pointOf(part, unit + offset);
      unit += each.data.length;
    }
    return part.start;
  }

  #found(point, isEnd = false) {
    const part = this.#parts[this.indexAt(isEnd ? point - 1 : point)];
    if (!part.isLoaded) return null;
    return { part, unit: unitOf(read(part), point - part.start) };
  }
}

function waiting(number) {
  const element = document.createElement("div");
  element.className = "text-part";
  Object.assign(element.dataset, { part: number, waiting: "" });
  return element;
}

function keepHeight({ element, isLoaded }, height) {
  if (!height) return;
  if (isLoaded) element.style.containIntrinsicBlockSize = `auto ${Math.round(height)}px`;
  else element.style.minHeight = `${Math.round(height)}px`;
}

// Without a connection there is a way to the part, as there is without a script.
function offerLink(element, number) {
  const shown = document.querySelector("template[data-part-away]")?.content.cloneNode(true);
  if (!shown || element.firstChild) return;
  const link = shown.querySelector("a");
  link.setAttribute("href", `${link.getAttribute("href")}?part=${number}`);
  element.replaceChildren(shown);
}

function isRendered(element) {
  return element.checkVisibility?.({ contentVisibilityAuto: true }) ?? true;
}

// The part's own text nodes; a heading that was added is none of the text.
function read(part) {
  if (part.nodes?.every((node) => node.isConnected)) return part;
  const walker = document.createTreeWalker(part.element, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("[data-added]")
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  part.nodes = [];
  while (walker.nextNode()) part.nodes.push(walker.currentNode);
  part.text = part.nodes.map((node) => node.data).join("");
  part.pairs = [...part.text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)].map((pair) => pair.index);
  return part;
}

// Between code points and units, both counted from the part's beginning.
function unitOf({ text, pairs }, point) {
  let extra = 0;
  while (extra < pairs.length && pairs[extra] - extra < point) extra += 1;
  return Math.min(text.length, Math.max(0, point) + extra);
}

function pointOf({ pairs }, unit) {
  return unit - pairs.filter((index) => index < unit).length;
}

function spot(part, unit, isEnd = false) {
  let begin = 0;
  for (const node of part.nodes) {
    const end = begin + node.data.length;
    if (unit < end || (isEnd && unit === end)) return { node, offset: unit - begin };
    begin = end;
  }
  return null;
}

// The number of the last item that begins at `value` or before; -1 when there is none.
export function lastAt(items, beginning, value) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beginning(items[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
