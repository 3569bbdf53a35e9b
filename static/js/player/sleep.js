// Stops the sound after some minutes, or at the end of the piece.
export class Sleep extends EventTarget {
  #stop;
  #timer = 0;
  #until = null; // milliseconds since 1970, or "end"

  constructor(stop) {
    super();
    this.#stop = stop;
  }

  // Minutes, "end", or 0 for not at all.
  set(choice) {
    clearInterval(this.#timer);
    const minutes = Number(choice);
    this.#until = choice === "end" ? "end" : minutes > 0 ? Date.now() + minutes * 60_000 : null;
    // Looked at again and again: a machine that slept itself would make one long wait late.
    if (minutes > 0) this.#timer = setInterval(() => this.#look(), 500);
    this.#tell();
  }

  get isOn() {
    return this.#until !== null;
  }

  // Seconds that are left; null when it waits for the end of the piece or for nothing.
  get left_s() {
    return typeof this.#until === "number" ? Math.max(0, (this.#until - Date.now()) / 1000) : null;
  }

  // Whether the end of this piece was waited for, and is the end.
  endsPiece() {
    if (this.#until !== "end") return false;
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
