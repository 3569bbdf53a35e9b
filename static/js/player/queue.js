// The pieces that wait to be heard, in order; kept in this browser.
export const REPEATS = ["off", "all", "one"];

export class Queue extends EventTarget {
  items = [];
  index = -1;
  repeat = "off";
  isShuffled = false;
  goesOn = true;
  #heard = [];
  #store;

  // `store` has recall() and remember(value).
  constructor(store) {
    super();
    this.#store = store;
  }

  restore() {
    const kept = this.#store.recall() ?? {};
    this.items = (kept.items ?? []).filter((item) => item?.filename);
    this.index = Math.min(kept.index ?? -1, this.items.length - 1);
    this.repeat = REPEATS.includes(kept.repeat) ? kept.repeat : "off";
    this.isShuffled = Boolean(kept.isShuffled);
    this.goesOn = kept.goesOn ?? true;
    this.#changed();
  }

  get current() {
    return this.items[this.index] ?? null;
  }

  // What is played now takes the place of what was played without being queued.
  start(item) {
    const known = this.items.findIndex(({ filename }) => filename === item.filename);
    if (known >= 0) {
      Object.assign(this.items[known], item);
      this.index = known;
    } else if (this.current && !this.current.isQueued) this.items[this.index] = item;
    else {
      this.index += 1;
      this.items.splice(this.index, 0, item);
    }
    this.#changed();
  }

  add(item) {
    const known = this.items.findIndex(({ filename }) => filename === item.filename);
    if (known >= 0 && known !== this.index) this.#take(known);
    if (known < 0 || known !== this.index) this.items.push({ ...item, isQueued: true });
    if (this.current) this.current.isQueued = true;
    this.#changed();
  }

  remove(index) {
    if (index === this.index) return;
    this.#take(index);
    this.#changed();
  }

  // What has become known of the current piece.
  learn({ status, duration, name }) {
    if (this.current) Object.assign(this.current, { status, duration, name });
    this.#changed();
  }

  // These pieces are gone; the one after the current one takes its place.
  forget(filenames) {
    const isThere = ({ filename }) => !filenames.includes(filename);
    const next = this.items.slice(Math.max(0, this.index)).find(isThere);
    this.items = this.items.filter(isThere);
    this.index = this.index < 0 ? -1 : this.items.indexOf(next);
    this.#heard = this.#heard.filter((filename) => !filenames.includes(filename));
    this.#changed();
  }

  clear() {
    this.items = this.current ? [this.current] : [];
    this.index = this.items.length - 1;
    this.#heard = [];
    this.#changed();
  }

  move(from, to) {
    const place = Math.max(0, Math.min(this.items.length - 1, to));
    if (place === from) return;
    const playing = this.current;
    const [item] = this.items.splice(from, 1);
    this.items.splice(place, 0, item);
    this.index = this.items.indexOf(playing);
    this.#changed();
  }

  set(option, value) {
    this[option] = value;
    if (option === "isShuffled") this.#heard = [];
    this.#changed();
  }

  // The piece to play next, null at the end; `byItself` when the last one has ended.
  next(byItself = false) {
    if (byItself && this.repeat === "one") return this.current;
    if (byItself && !this.goesOn) return null;
    if (this.current) this.#heard.push(this.current.filename);
    const index = this.isShuffled ? this.#draw() : this.#following();
    if (index === null) return null;
    return this.#goTo(index);
  }

  previous() {
    const last = this.#heard.pop();
    const index = this.items.findIndex(({ filename }) => filename === last);
    if (index >= 0 && index !== this.index) return this.#goTo(index);
    return this.index > 0 ? this.#goTo(this.index - 1) : null;
  }

  #following() {
    if (this.index + 1 < this.items.length) return this.index + 1;
    return this.repeat === "all" && this.items.length ? 0 : null;
  }

  #draw() {
    const left = (heard) =>
      this.items.map((_, i) => i).filter((i) => !heard.includes(this.items[i].filename));
    let choices = left(this.#heard);
    if (!choices.length && this.repeat === "all") {
      this.#heard = this.current ? [this.current.filename] : [];
      choices = left(this.#heard);
      if (!choices.length && this.items.length) return 0;
    }
    return choices.length ? choices[Math.floor(Math.random() * choices.length)] : null;
  }

  #goTo(index) {
    this.index = index;
    this.#changed();
    return this.current;
  }

  #take(index) {
    this.items.splice(index, 1);
    if (index < this.index) this.index -= 1;
  }

  #changed() {
    const { items, index, repeat, isShuffled, goesOn } = this;
    this.#store.remember({ items, index, repeat, isShuffled, goesOn });
    this.dispatchEvent(new Event("change"));
  }
}
