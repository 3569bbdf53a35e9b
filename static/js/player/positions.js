// Where each device stopped in a piece: saved as it plays, and offered where another is further.
import { recall, remember } from "../lib/memory.js";

const SAVE_EVERY_MS = 10_000;
const FURTHER_S = 10;
const EDGE_S = 3;
const MOST_KEPT = 200;

export class Positions {
  #sound;
  #filename = null;
  #isBegun = false;
  #id = null; // the number under which the server keeps this listening, once it is known
  #savedS = -1;

  constructor(sound) {
    this.#sound = sound;
    sound.addEventListener("change", () => this.#begin());
    sound.addEventListener("pause", () => this.save());
    sound.addEventListener("ended", () => this.save());
    setInterval(() => !sound.isPaused && this.save(), SAVE_EVERY_MS);
    addEventListener("pagehide", () => this.save());
    addEventListener("visibilitychange", () => document.hidden && this.save());
    addEventListener("online", () => this.#sendLate());
  }

  // What the server knows of a piece, with `place_s` of this device and, maybe, `further`.
  async look(filename) {
    const answer = await fetch(`/playback/${filename}`, {
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw Object.assign(new Error("no answer"), { status: answer.status });
    const file = await answer.json();
    const end = file.duration || Infinity;
    if (file.is_finished) return { file, place_s: 0, further: null };
    const own = this.#own(file);
    const others = file.places.filter(
      (place) =>
        !place.is_here && place.position_s > own + FURTHER_S && place.position_s < end - EDGE_S,
    );
    const further = others.sort((a, b) => b.at - a.at)[0] ?? null;
    const isAnswered = further && recall("answered", {})[filename] >= further.at;
    return { file, place_s: this.resumable(own, end), further: isAnswered ? null : further };
  }

  // These pieces are gone, and with them where one was.
  forget(filenames) {
    if (filenames.includes(this.#filename)) this.start(null);
    for (const name of ["places", "answered"]) {
      const all = Object.entries(recall(name, {}));
      remember(name, Object.fromEntries(all.filter(([filename]) => !filenames.includes(filename))));
    }
  }

  // These pieces count as not heard: they begin anew.
  clear(filenames) {
    const all = Object.entries(recall("places", {}));
    remember("places", Object.fromEntries(all.filter(([name]) => !filenames.includes(name))));
  }

  // A place that was kept without the network.
  kept(filename) {
    return recall("places", {})[filename]?.s ?? 0;
  }

  resumable(place, end) {
    return place > EDGE_S && place < end - EDGE_S ? place : 0;
  }

  // The person has seen this offer; it is not made again until that device goes on.
  answer(filename, further) {
    remember("answered", newest({ ...recall("answered", {}), [filename]: further.at }));
  }

  start(filename) {
    this.#filename = filename;
    this.#isBegun = false;
    this.#id = null;
    this.#savedS = -1;
  }

  // Sends before it waits for anything: a page that is being left does not come to what follows.
  async save() {
    const [filename, id, place] = [this.#filename, this.#id, this.#sound.time];
    if (!this.#isBegun || Math.abs(place - this.#savedS) < 1) return;
    this.#keep(filename, place, false);
    if (id === null) return;
    this.#savedS = place;
    const isSent = await this.#send(filename, { id, position_s: place.toFixed(1) });
    if (isSent) this.#keep(filename, place, true);
    else this.#savedS = -1;
  }

  async #begin() {
    const filename = this.#filename;
    if (this.#sound.isPaused || this.#isBegun || !filename) return;
    this.#isBegun = true;
    const answer = await this.#send(filename, {});
    const row = answer && (await answer.json());
    if (this.#filename !== filename) return;
    this.#id = row?.id ?? null;
    if (this.#sound.isPaused) this.save(); // it was paused before there was a number to save under
  }

  #own(file) {
    const told = file.places.find((place) => place.is_here);
    const kept = recall("places", {})[file.filename];
    if (kept && kept.at > (told?.at ?? 0)) return kept.s;
    return told?.position_s ?? 0;
  }

  #keep(filename, s, isSent) {
    const places = recall("places", {});
    places[filename] = { s, at: Date.now() / 1000, isSent };
    remember("places", newest(places));
  }

  // What was heard without the network is told once it is back.
  async #sendLate() {
    for (const [filename, place] of Object.entries(recall("places", {}))) {
      if (place.isSent) continue;
      const begun = await this.#send(filename, {});
      const row = begun && (await begun.json());
      if (!row) return;
      if (filename === this.#filename) [this.#isBegun, this.#id] = [true, row.id];
      if (await this.#send(filename, { id: row.id, position_s: place.s.toFixed(1) }))
        this.#keep(filename, place.s, true);
    }
  }

  async #send(filename, fields) {
    try {
      const answer = await fetch(`/playback/${filename}`, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: {
          Accept: "application/json",
          "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
        },
        keepalive: true,
      });
      return answer.ok ? answer : null;
    } catch {
      return null;
    }
  }
}

function newest(entries) {
  const all = Object.entries(entries);
  return Object.fromEntries(all.slice(Math.max(0, all.length - MOST_KEPT)));
}
