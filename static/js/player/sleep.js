// Stops the sound after some minutes, or at the end of the chapter or piece.
export class Sleep extends EventTarget {
  #stop;
  #timer = 0;
  #until = null; // milliseconds since 1970, "chapter" or "end"
  #chapter = null; // the one whose end is waited for

  constructor(stop) {
    super();
    this.#stop = stop;
  }

  // Minutes, "chapter", "end", or 0 for not at all.
  set(choice) {
    clearInterval(this.#timer);
    const minutes = Number(choice);
    const isPlace = choice === "chapter" || choice === "end";
    this.#until = isPlace ? choice : minutes > 0 ? Date.now() + minutes * 60_000 : null;
    this.#chapter = null;
    // Looked at again and again: a machine that slept itself would make one long wait late.
    if (minutes > 0) this.#timer = setInterval(() => this.#look(), 500);
    this.#tell();
  }

  get isOn() {
    return this.#until !== null;
  }

  // Seconds that are left; null when it waits for an end or for nothing.
  get left_s() {
    return typeof this.#until === "number" ? Math.max(0, (this.#until - Date.now()) / 1000) : null;
  }

  // Whether the end of a chapter was waited for, and another one begins by itself.
  endsChapter(chapter) {
    if (this.#until !== "chapter" || chapter < 0) return false;
    const isOver = this.#chapter !== null && chapter !== this.#chapter;
    this.#chapter = chapter;
    if (isOver) this.set(0);
    return isOver;
  }

  // Somebody went elsewhere: it is the end of the chapter there that is waited for.
  moved() {
    this.#chapter = null;
  }

  // Whether the end of this piece was waited for, be it that of its last chapter.
  endsPiece() {
    if (this.#until !== "end" && this.#until !== "chapter") return false;
    this.set(0);
    return true;
  }

  #look() {
    if (this.left_s > 0) return this.#tell();
    this.set(0);
    this.#stop();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
