// The player's face. The element is drawn by the server and moves along from page to page; what
// it shows is the player's, so it may be drawn anew at any time.
import { text } from "../lib/texts.js";
import { clock, runningTime } from "../lib/format.js";
import { ChaptersSheet } from "./chapters_sheet.js";
import { player } from "./player.js";
import { QueueSheet } from "./queue_sheet.js";
import "./system.js";

const SWIPE_PX = 40;

class PlayerDock extends HTMLElement {
  #seek;
  #isSeeking = false;
  #shown = "";
  #listening = null;

  connectedCallback() {
    if (this.#listening) return;
    this.#listening = new AbortController();
    this.#seek = this.#find("seek");
    player.restore();
    this.#listen(this.#listening.signal);
    new QueueSheet(this, this.#listening.signal);
    new ChaptersSheet(this, this.#listening.signal);
    this.#show();
  }

  disconnectedCallback() {
    // A move to the next page takes it out and in again within the same turn.
    queueMicrotask(() => setTimeout(() => this.isConnected || this.#retire()));
  }

  get player() {
    return player;
  }

  #retire() {
    this.#listening?.abort();
    this.#listening = null;
  }

  #find(name) {
    return this.querySelector(`[data-${name}]`);
  }

  #listen(signal) {
    const acts = {
      toggle: () => player.toggle(),
      back: () => player.skip(-15),
      on: () => player.skip(30),
      previous: () => player.previous(),
      next: () => player.next(),
      "chapter-back": () => player.previousChapter(),
      "chapter-on": () => player.nextChapter(),
      mute: () => player.setMuted(!player.isMuted),
      take: () => player.answer(true),
      leave: () => player.answer(false),
      pull: () => this.#pull(!this.classList.contains("is-whole")),
    };
    this.addEventListener(
      "click",
      (event) => {
        const action = event.target.closest("[data-do]")?.dataset.do;
        if (action) acts[action]();
        const rate = event.target.closest("[data-rate-value]")?.dataset.rateValue;
        if (rate) player.setRate(Number(rate));
        const sleep = event.target.closest("[data-sleep-minutes]");
        if (sleep) {
          player.sleep.set(sleep.dataset.sleepMinutes);
          this.querySelector("#sleep-sheet").hidePopover();
        }
        if (event.target.closest("[data-link]")) this.#pull(false);
      },
      { signal },
    );
    this.#listenToSliders(signal);
    this.#listenToSwipes(signal);
    for (const event of ["change", "queue", "sleep"])
      player.addEventListener(event, () => this.#show(), { signal });
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Escape" && !document.querySelector(":popover-open, dialog[open]"))
          this.#pull(false);
      },
      { signal },
    );
    document.addEventListener("turbo:visit", () => this.#pull(false), { signal });
  }

  #listenToSliders(signal) {
    this.#seek.addEventListener(
      "input",
      () => {
        this.#isSeeking = true;
        this.#showPlace();
      },
      { signal },
    );
    this.#seek.addEventListener(
      "change",
      () => {
        this.#isSeeking = false;
        player.seek(Number(this.#seek.value));
      },
      { signal },
    );
    this.#find("volume").addEventListener(
      "input",
      (event) => player.setVolume(Number(event.target.value)),
      { signal },
    );
    this.#find("rate-choice").addEventListener(
      "input",
      (event) => player.setRate(Number(event.target.value)),
      { signal },
    );
  }

  // On phones the bar is pulled up to the whole player, and down again.
  #listenToSwipes(signal) {
    let from = null;
    const face = this.querySelector(".dock-face");
    face.addEventListener(
      "touchstart",
      (event) => {
        from = event.target.closest("input") ? null : event.touches[0].clientY;
      },
      { signal, passive: true },
    );
    face.addEventListener(
      "touchend",
      (event) => {
        if (from === null) return;
        const way = event.changedTouches[0].clientY - from;
        if (Math.abs(way) > SWIPE_PX) this.#pull(way < 0);
      },
      { signal, passive: true },
    );
  }

  #pull(isWhole) {
    if (isWhole === this.classList.contains("is-whole")) return;
    if (isWhole && !matchMedia("(max-width: 760px)").matches) return;
    this.classList.toggle("is-whole", isWhole);
    this.querySelector(".dock-pull").setAttribute("aria-expanded", String(isWhole));
    for (const other of document.body.children) if (other !== this) other.inert = isWhole;
    if (isWhole) this.querySelector(".dock-pull").focus();
  }

  #show() {
    const { file, sound } = player;
    this.hidden = !file;
    document.documentElement.toggleAttribute("data-dock", Boolean(file));
    if (!file) return this.#pull(false);
    this.classList.toggle("is-playing", !sound.isPaused);
    const toggle = this.querySelector("[data-do=toggle]");
    toggle.setAttribute("aria-label", text(sound.isPaused ? "play" : "pause"));
    this.#find("name").textContent = file.name ?? "";
    this.#find("link").setAttribute("href", `/files/${file.filename}`);
    this.#showCover(file.cover_url ?? "");
    this.#find("note").textContent = player.hasFailed
      ? text("cannot_play")
      : (player.chapters.all[player.chapter]?.title ?? file.voice_name ?? "");
    this.#showPlace();
    this.#showMarks();
    this.#showTools();
    this.#showOffer();
  }

  // Without the network there may be none; the app's own mark stands there then.
  #showCover(address) {
    const picture = this.#find("cover");
    if (picture.getAttribute("src") === address) return;
    picture.hidden = true;
    picture.onload = () => (picture.hidden = false);
    picture.setAttribute("src", address);
  }

  #showPlace() {
    const { sound } = player;
    const end = Math.max(sound.duration, 1);
    const now = Math.min(end, this.#isSeeking ? Number(this.#seek.value) : sound.time);
    const length = runningTime(sound.duration);
    this.#find("now").textContent = clock(now);
    this.#find("end").textContent = `${sound.isLive ? "~" : ""}${length}`;
    this.#seek.max = end;
    if (!this.#isSeeking) this.#seek.value = now;
    const share = (seconds) => `${Math.min(100, (100 * seconds) / end)}%`;
    this.style.setProperty("--played", share(now));
    this.style.setProperty("--buffered", share(sound.bufferedTo));
    this.#seek.setAttribute("aria-valuetext", `${clock(now)} / ${length}`);
  }

  #showMarks() {
    const end = player.sound.duration;
    const marks = end && !player.sound.isLive ? player.marks.filter((mark) => mark < end) : [];
    const wanted = `${end}:${marks}`;
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    const ticks = marks.map((mark) => {
      const tick = document.createElement("i");
      tick.style.left = `${(100 * mark) / end}%`;
      return tick;
    });
    this.#find("marks").replaceChildren(...ticks);
  }

  #showTools() {
    this.#find("rate").textContent = `${player.rate}×`;
    this.#find("rate-shown").textContent = `${player.rate}×`;
    this.#find("rate-choice").value = player.rate;
    this.#find("volume").value = player.isMuted ? 0 : player.volume;
    this.#find("volume").style.setProperty(
      "--played",
      `${player.isMuted ? 0 : player.volume * 100}%`,
    );
    this.#find("rate-choice").style.setProperty(
      "--played",
      `${(100 * (player.rate - 0.5)) / 2.5}%`,
    );
    this.querySelector("[data-do=mute]").setAttribute("aria-pressed", String(player.isMuted));
    const { sleep } = player;
    const left = sleep.left_s === null ? text("sleep_end") : clock(Math.ceil(sleep.left_s));
    this.#find("sleep").textContent = sleep.isOn && sleep.left_s !== null ? left : "";
    this.querySelector("[popovertarget=sleep-sheet]").classList.toggle("is-on", sleep.isOn);
    this.#find("sleep-left").textContent = sleep.isOn ? left : "";
    const waiting = player.queue.items.length - player.queue.index - 1;
    this.#find("queue-count").textContent = waiting > 0 ? waiting : "";
  }

  #showOffer() {
    const { further } = player;
    this.classList.toggle("has-offer", Boolean(further));
    const offer = this.#find("offer-text");
    const sentence = further
      ? text("further", { device: further.device, time: clock(further.position_s) })
      : "";
    if (offer.textContent !== sentence) offer.textContent = sentence;
  }
}

customElements.define("player-dock", PlayerDock);
