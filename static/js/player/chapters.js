// The chapters of the piece in the player: where each begins, and which one sounds at a time.
// While the piece is made, those that were spoken meanwhile are asked for.
const ASK_AGAIN_MS = 10_000;
const EARLY_S = 0.2; // a sound starts a little before the place that was asked for

export class Chapters {
  #all = [];
  #askedAt = 0;

  // A piece of one chapter has none to speak of.
  take(chapters = []) {
    this.#all = chapters.length > 1 ? chapters : [];
    this.#askedAt = Date.now();
  }

  get all() {
    return this.#all;
  }

  // Those that can be heard; they are the first ones.
  get spoken() {
    return this.#all.filter(({ start_s }) => start_s !== null);
  }

  // The number of the chapter that sounds at that second; -1 where there is none.
  at(time) {
    return this.spoken.findLastIndex(({ start_s }) => start_s <= time + EARLY_S);
  }

  isDue() {
    const isLacking = this.spoken.length < this.#all.length;
    return isLacking && Date.now() - this.#askedAt > ASK_AGAIN_MS;
  }

  // Whether anything new was heard of; without the network what is known stays.
  async ask(filename) {
    this.#askedAt = Date.now();
    const known = this.#all;
    const answer = await fetch(`/playback/${filename}`, {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (!told || this.#all !== known) return false;
    this.take(told.chapters);
    return true;
  }
}
