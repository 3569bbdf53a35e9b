// One sound at a time, from an element that no page owns: live while the piece is made, then the
// whole file at the same place, changed over without a pause.
import { follow, isUnfinished } from "./state_poll.js";

const RETRY_MS = 2000;
const AHEAD_S = 0.03;
const REST_MS = 150;
const EDGE_S = 1;

export class AudioSource extends EventTarget {
  audio = null;
  file = null;
  isLive = false;
  #from = 0;
  #begins = 0; // the second of the piece at which what the element plays begins
  #sought = null; // the place that was asked for and is not opened yet
  #seeking = 0;
  #wants = false;
  #rate = 1;
  #volume = 1;
  #isMuted = false;
  #unfollow = null;
  #retries = 0;
  #twin = null;
  #addressOf;

  // `addressOf(file)` says where the whole sound of a piece lies.
  constructor(addressOf) {
    super();
    this.#addressOf = addressOf;
    this.audio = this.#make();
  }

  get time() {
    if (this.#sought !== null) return this.#sought;
    const heard = this.audio.hasAttribute("src") ? this.#begins + this.audio.currentTime : 0;
    return heard || this.#from;
  }

  get duration() {
    const made = Number.isFinite(this.audio.duration) ? this.audio.duration : 0;
    const told = this.file?.duration ?? 0;
    if (this.isLive) return Math.max(this.file.expected_s ?? 0, told, this.time);
    return told || made; // as lists and pages say it; an element counts some silence with it
  }

  get bufferedTo() {
    if (this.isLive) return Math.max(this.file.duration ?? 0, this.time);
    const { buffered, currentTime } = this.audio;
    for (let i = 0; i < buffered.length; i += 1)
      if (buffered.start(i) <= currentTime + 0.5 && buffered.end(i) >= currentTime)
        return buffered.end(i);
    return 0;
  }

  get isPaused() {
    return this.audio.paused;
  }

  // Nothing is fetched before it is to be played.
  load(file, from_s = 0) {
    this.#drop();
    this.file = file;
    this.isLive = Boolean(file) && isUnfinished(file);
    this.#from = from_s;
    this.#retries = 0;
    if (this.isLive)
      this.#unfollow = follow(
        file.filename,
        (state) => this.#heard(state),
        () => this.#wants,
      );
    this.#tell();
  }

  async play() {
    if (!this.file) return;
    this.#wants = true;
    if (!this.audio.hasAttribute("src") || this.audio.error) this.#open(this.time);
    try {
      await this.audio.play();
    } catch (error) {
      // A newer sound interrupts this one; a browser may want a click first.
      if (error.name === "NotAllowedError") this.#wants = false;
    }
    this.#tell();
  }

  pause() {
    this.#wants = false;
    this.#dropTwin();
    this.audio.pause();
  }

  seek(seconds) {
    if (this.isLive) return this.#seekLive(seconds);
    const end = this.duration ? this.duration - 0.1 : Infinity;
    const place = Math.max(0, Math.min(end, seconds));
    this.#dropTwin();
    if (this.audio.hasAttribute("src")) this.audio.currentTime = place;
    else this.#from = place;
    this.#tell();
  }

  // What is being made comes as a stream, which is opened anew from another place, as far as it has
  // been spoken. Whoever holds a key down asks many times.
  #seekLive(seconds) {
    const place = this.#within(seconds);
    clearTimeout(this.#seeking);
    if (this.audio.hasAttribute("src")) {
      this.#sought = place;
      this.#seeking = setTimeout(() => {
        this.#open(place);
        if (this.#wants) this.audio.play().catch(() => {});
      }, REST_MS);
    } else this.#from = place;
    this.#tell();
  }

  #within(seconds) {
    return Math.max(0, Math.min((this.file.duration ?? 0) - EDGE_S, seconds));
  }

  set(rate, volume, isMuted) {
    [this.#rate, this.#volume, this.#isMuted] = [rate, volume, isMuted];
    for (const audio of [this.audio, this.#twin]) if (audio) this.#tune(audio);
    this.#tell();
  }

  // The sound of the piece was changed on the server.
  renew() {
    if (this.file && !this.isLive) this.#reopen();
  }

  #make() {
    const audio = new Audio();
    audio.preload = "auto";
    for (const event of [
      "timeupdate",
      "durationchange",
      "play",
      "playing",
      "pause",
      "ended",
      "seeked",
      "waiting",
      "progress",
    ])
      audio.addEventListener(event, () => audio === this.audio && this.#happened(event));
    audio.addEventListener("error", () => audio === this.audio && this.#failed());
    this.#tune(audio);
    return audio;
  }

  #tune(audio) {
    audio.preservesPitch = true;
    audio.playbackRate = audio.defaultPlaybackRate = this.#rate;
    audio.volume = this.#volume;
    audio.muted = this.#isMuted;
  }

  #open(place) {
    this.#sought = null;
    this.#begins = this.isLive ? this.#within(place) : 0;
    if (this.isLive) this.#from = this.#begins;
    const from = this.#begins ? `?from=${this.#begins.toFixed(2)}` : "";
    this.audio.src = this.isLive
      ? `/audio/${this.file.filename}${from}`
      : this.#addressOf(this.file);
    this.#tune(this.audio);
    if (place > 0 && !this.isLive) this.audio.currentTime = place;
  }

  #drop() {
    this.#unfollow?.();
    this.#unfollow = null;
    clearTimeout(this.#seeking);
    this.#sought = null;
    this.#begins = 0;
    this.#wants = false;
    this.#dropTwin();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  #dropTwin() {
    if (!this.#twin) return;
    this.#twin.removeAttribute("src");
    this.#twin.load();
    this.#twin = null;
  }

  #happened(event) {
    if (event === "ended" && this.isLive) return; // The whole file is about to take over.
    if (event === "playing") this.#retries = 0;
    this.dispatchEvent(new Event(event === "ended" || event === "pause" ? event : "change"));
    if (event !== "timeupdate") this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  #failed() {
    if (!this.audio.hasAttribute("src") || this.isLive) return;
    const place = this.time;
    if (this.#retries >= 2) {
      this.#wants = false;
      this.dispatchEvent(new Event("failed"));
      return this.#tell();
    }
    this.#retries += 1;
    this.dispatchEvent(new Event("retry"));
    const file = this.file;
    setTimeout(
      () => {
        if (this.file !== file) return;
        this.#open(place);
        if (this.#wants) this.audio.play().catch(() => {});
      },
      this.#retries === 1 ? 0 : RETRY_MS,
    );
  }

  // While it is made.

  #heard(state) {
    if (state.status !== "gone") Object.assign(this.file, state);
    if (isUnfinished(state)) {
      const isRefused = this.#wants && this.audio.error && this.audio.currentTime < 1;
      if (isRefused) this.play();
      return this.#tell();
    }
    if (state.status === "gone") return this.dispatchEvent(new Event("gone"));
    if (state.status !== "ready" && !state.duration) {
      this.pause();
      this.isLive = false;
      this.dispatchEvent(new Event("failed"));
      return this.#tell();
    }
    this.isLive = false;
    this.#from = this.time;
    clearTimeout(this.#seeking);
    this.dispatchEvent(new Event("settled"));
    if (this.#wants && !this.audio.ended && !this.audio.paused && !this.audio.error)
      this.#changeOver();
    else this.#reopen();
    this.#tell();
  }

  #reopen() {
    if (!this.audio.hasAttribute("src")) return;
    const place = this.time;
    const hasEnded = this.audio.ended && place >= (this.file.duration || Infinity) - 1;
    if (hasEnded) return this.dispatchEvent(new Event("ended"));
    this.#open(place);
    if (this.#wants) this.audio.play().catch(() => {});
  }

  // A second element reads the whole file up to the place, then both change in one step.
  #changeOver() {
    const twin = (this.#twin = this.#make());
    const isCurrent = () => this.#twin === twin;
    twin.muted = true;
    twin.src = this.#addressOf(this.file);
    twin.currentTime = this.time;
    twin.addEventListener(
      "canplay",
      () => {
        if (!isCurrent()) return;
        twin.addEventListener("seeked", () => isCurrent() && this.#swap(twin), { once: true });
        twin.currentTime = this.time + AHEAD_S * this.#rate;
      },
      { once: true },
    );
    twin.addEventListener("error", () => {
      if (!isCurrent()) return;
      this.#twin = null;
      this.#reopen();
    });
  }

  async #swap(twin) {
    try {
      await twin.play();
    } catch {
      if (this.#twin !== twin) return;
      this.#twin = null; // Some browsers let only the element play that was clicked for.
      return this.#reopen();
    }
    if (this.#twin !== twin) return twin.pause();
    const old = this.audio;
    this.audio = twin;
    this.#twin = null;
    [this.#begins, this.#sought] = [0, null];
    this.#tune(twin);
    old.pause();
    old.removeAttribute("src");
    old.load();
    this.dispatchEvent(new Event("swapped"));
    this.#tell();
  }
}
