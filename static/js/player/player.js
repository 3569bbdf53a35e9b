// The one player of the app. It lives as long as the window does, across pages.
//
// Anything may ask it to play: an element with data-play="{filename, name, …, at_s}", or
//   document.dispatchEvent(new CustomEvent("player:play", { detail: file }))
//   document.dispatchEvent(new CustomEvent("player:add", { detail: [file, …] }))
// It tells what it does as "player:change" and "player:time" on the document, with
// { file, time_s, isPlaying } as detail.
import { recall, remember } from "../lib/memory.js";
import { kept } from "../offline/cache.js";
import { Chapters } from "./chapters.js";
import { Positions } from "./positions.js";
import { Queue } from "./queue.js";
import { Sleep } from "./sleep.js";
import { AudioSource } from "./audio_source.js";

const SLOWEST = 0.5;
const FASTEST = 3;
const LOOK_AGAIN_MS = 60_000;
const INSIDE_S = 5; // further in, "previous" goes to the beginning

class Player extends EventTarget {
  sound = new AudioSource((file) => kept.addressOf(file.filename, file.version));
  queue = new Queue({
    recall: () => recall("queue", null),
    remember: (value) => remember("queue", value),
  });
  places = new Positions(this.sound);
  chapters = new Chapters();
  sleep = new Sleep(() => this.sound.pause());
  further = null;
  hasFailed = false;
  #marks = [];
  #pausedAt = 0;
  #loading = 0;
  #isRestored = false;

  constructor() {
    super();
    const { sound } = this;
    sound.addEventListener("change", () => this.#heard());
    sound.addEventListener("pause", () => (this.#pausedAt = Date.now()));
    sound.addEventListener("ended", () => this.#ended());
    sound.addEventListener("retry", () => kept.distrust(sound.file.filename));
    sound.addEventListener("settled", () => this.queue.learn(sound.file));
    sound.addEventListener("settled", () => this.#askForChapters());
    sound.addEventListener("gone", () => this.forget([sound.file.filename]));
    sound.addEventListener("failed", () => (this.hasFailed = true));
    this.queue.addEventListener("change", () => this.dispatchEvent(new Event("queue")));
    this.sleep.addEventListener("change", () => this.dispatchEvent(new Event("sleep")));
  }

  // What was in the player when the window was closed, without a sound.
  restore() {
    if (this.#isRestored) return;
    this.#isRestored = true;
    this.queue.restore();
    const { rate = 1, volume = 1, isMuted = false } = recall("sound", {});
    this.#tune({ rate, volume, isMuted });
    if (this.queue.current) this.#load(this.queue.current, { isWanted: false });
  }

  get file() {
    return this.sound.file;
  }

  get marks() {
    return this.#marks;
  }

  // `at_s` in the file, if given, is where it starts; otherwise it goes on at `resume_s`, if it is
  // not open already, or where this device was.
  play(file) {
    const { at_s, resume_s, ...item } = file;
    if (this.file?.filename === file.filename) {
      if (at_s !== undefined) this.seek(at_s);
      return this.resume();
    }
    this.queue.start(item);
    return this.#load(item, { at_s: at_s ?? resume_s, isWanted: true });
  }

  // The same button plays a piece and pauses it.
  press(file) {
    const isThis = this.file?.filename === file.filename;
    if (isThis && file.at_s === undefined) return this.toggle();
    return this.play(file);
  }

  add(files) {
    for (const file of files) this.queue.add(file);
    if (!this.file && this.queue.items.length) {
      this.queue.start(this.queue.items[0]);
      this.#load(this.queue.current, { isWanted: false });
    }
  }

  resume() {
    this.hasFailed = false;
    const isStale = this.#pausedAt && Date.now() - this.#pausedAt > LOOK_AGAIN_MS;
    if (isStale && !this.sound.isLive) this.#look(this.file.filename, this.#loading);
    return this.sound.play();
  }

  toggle() {
    if (!this.file) return;
    if (this.sound.isPaused) this.resume();
    else this.sound.pause();
  }

  // A passage of a piece was spoken anew: what is open of it is the old sound.
  changed({ filename, version, duration }) {
    kept.distrust(filename);
    if (this.file?.filename !== filename) return;
    Object.assign(this.file, { version, duration });
    this.sound.renew();
  }

  skip(seconds) {
    this.seek(this.sound.time + seconds);
  }

  seek(seconds) {
    this.sleep.moved();
    this.sound.seek(seconds);
    if (this.further && this.sound.time >= this.further.position_s) this.answer(false);
  }

  next() {
    const item = this.queue.next();
    if (item) this.#load(item, { isWanted: true });
  }

  previous() {
    if (this.sound.time > INSIDE_S) return this.seek(0);
    const item = this.queue.previous();
    if (item) this.#load(item, { isWanted: true });
    else this.seek(0);
  }

  // The number of the chapter that sounds, -1 where the piece has none.
  get chapter() {
    return this.chapters.at(this.sound.time);
  }

  // Returns whether there is such a chapter to go to.
  toChapter(number) {
    const chapter = this.chapters.spoken[number];
    if (!chapter) return false;
    this.seek(chapter.start_s);
    return true;
  }

  nextChapter() {
    return this.chapter >= 0 && this.toChapter(this.chapter + 1);
  }

  // Its beginning first, as with pieces; then the one before.
  previousChapter() {
    const now = this.chapters.spoken[this.chapter];
    if (!now) return false;
    const isInside = this.sound.time > now.start_s + INSIDE_S;
    return this.toChapter(isInside ? this.chapter : Math.max(0, this.chapter - 1));
  }

  // The keys of a headset or lock screen go through an audiobook by chapters, as its players do:
  // one press too many must not cost the place in a book of ten hours. Past the last chapter, and
  // before the first, they go on to other pieces.
  stepOn() {
    if (!this.nextChapter()) this.next();
  }

  stepBack() {
    const isAtStart = this.chapter <= 0 && this.sound.time <= INSIDE_S;
    if (isAtStart || !this.previousChapter()) this.previous();
  }

  jumpTo(index) {
    const item = this.queue.items[index];
    if (item) this.play(item);
  }

  // Take the offer to go on where another device is, or leave it.
  answer(isTaken) {
    const { further, file } = this;
    if (!further) return;
    this.further = null;
    this.places.answer(file.filename, further);
    if (isTaken) {
      this.seek(further.position_s);
      this.resume();
    }
    this.#tell();
  }

  get rate() {
    return this.#tuned.rate;
  }

  get volume() {
    return this.#tuned.volume;
  }

  get isMuted() {
    return this.#tuned.isMuted;
  }

  setRate(rate) {
    this.#tune({ rate: Math.round(Math.min(FASTEST, Math.max(SLOWEST, rate)) * 100) / 100 });
  }

  setVolume(volume) {
    this.#tune({ volume: Math.min(1, Math.max(0, volume)), isMuted: volume <= 0 });
  }

  setMuted(isMuted) {
    this.#tune({ isMuted, volume: isMuted ? this.volume : this.volume || 0.5 });
  }

  #tuned = { rate: 1, volume: 1, isMuted: false };

  #tune(change) {
    Object.assign(this.#tuned, change);
    const { rate, volume, isMuted } = this.#tuned;
    this.sound.set(rate, volume, isMuted);
    remember("sound", this.#tuned);
  }

  async #load(item, { at_s, isWanted }) {
    const turn = (this.#loading += 1);
    this.further = null;
    this.hasFailed = false;
    this.#marks = [];
    this.chapters.take(kept.find(item.filename)?.chapters);
    this.places.save();
    const known = this.places.kept(item.filename);
    const from = at_s ?? this.places.resumable(known, item.duration || Infinity);
    this.places.start(item.filename);
    this.sound.load({ status: "ready", duration: 0, ...item }, from);
    if (isWanted) this.sound.play();
    await this.#look(item.filename, turn, at_s === undefined && !known);
  }

  // The server's word on the piece arrives while it already sounds.
  async #look(filename, turn, mayMove = false) {
    let found;
    try {
      found = await this.places.look(filename);
    } catch (error) {
      if (error.status === 404 && turn === this.#loading) this.forget([filename]);
      return; // Without the network what is known here must do.
    }
    if (turn !== this.#loading) return;
    this.#marks = found.file.marks_s;
    this.chapters.take(found.file.chapters);
    this.further = found.further;
    const isFinishedSince =
      this.sound.isLive !== ["queued", "speaking"].includes(found.file.status);
    const isToReload = isFinishedSince && this.sound.isPaused;
    if (isToReload) this.sound.load(found.file, Math.max(this.sound.time, found.place_s));
    else Object.assign(this.file, found.file);
    if (isToReload) this.queue.learn(found.file);
    if (mayMove && found.place_s > this.sound.time) this.sound.seek(found.place_s);
    this.#tell();
  }

  // These pieces were deleted. Where one was in the player, the next one waits or plays.
  forget(filenames) {
    const isCurrent = filenames.includes(this.file?.filename);
    const goesOn = isCurrent && !this.sound.isPaused && this.queue.goesOn;
    this.places.forget(filenames);
    this.queue.forget(filenames);
    if (!isCurrent) return;
    if (this.queue.current) this.#load(this.queue.current, { isWanted: goesOn });
    else this.close();
  }

  // Nothing is in the player; what waits is kept for the next time.
  close() {
    this.#loading += 1;
    this.further = null;
    this.#marks = [];
    this.chapters.take();
    this.places.start(null);
    this.sound.load(null);
    this.#tell();
  }

  #heard() {
    const now = this.chapter;
    if (!this.sound.isPaused && this.sleep.endsChapter(now)) {
      this.sound.pause();
      this.toChapter(now); // where the next evening begins
    }
    if (this.sound.isLive && this.chapters.isDue()) this.#askForChapters();
    this.#tell();
  }

  async #askForChapters() {
    if (this.chapters.all.length && (await this.chapters.ask(this.file.filename))) this.#tell();
  }

  #ended() {
    if (this.sleep.endsPiece()) return this.#tell();
    const item = this.queue.next(true);
    const isAgain = item?.filename === this.file.filename;
    if (item) this.#load(item, { at_s: isAgain ? 0 : undefined, isWanted: true });
    else this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
    const detail = { file: this.file, time_s: this.sound.time, isPlaying: !this.sound.isPaused };
    document.dispatchEvent(new CustomEvent("player:change", { detail }));
  }
}

export const player = new Player();

document.addEventListener("player:play", (event) => player.play(event.detail));
document.addEventListener("player:unheard", (event) => player.places.clear(event.detail));
document.addEventListener("player:add", (event) => player.add([event.detail].flat()));
