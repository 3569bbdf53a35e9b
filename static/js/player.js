// The player: sound while it is made, a seekable file once it is whole, and the place kept.
const SAVE_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 1000;
const UNFINISHED = ["queued", "speaking"];
const token = document.querySelector('meta[name="csrf-token"]').content;

function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const tail = String(whole % 60).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${tail}`;
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${minutes}:${tail}`;
}

function inWords(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10 && whole % 60) return `${minutes} min ${whole % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const all = Math.round(whole / 60);
  return all % 60 ? `${Math.floor(all / 60)} h ${all % 60} min` : `${all / 60} h`;
}

class Player {
  #root;
  #audio;
  #seek;
  #isLive;
  #madeS;
  #playback = null;
  #savedS = -1;
  #isSeeking = false;
  #spoilt = false;

  constructor(root) {
    this.#root = root;
    this.#audio = root.querySelector("audio");
    this.#seek = this.#find("seek");
    this.#isLive = UNFINISHED.includes(root.dataset.status);
    this.#madeS = Number(root.dataset.duration);
    this.#audio.controls = false;
    this.#find("face").hidden = false;
    this.#listen();
    if (this.#isLive) this.#look();
    else this.#resumeAt(Number(root.dataset.position));
    this.#show();
    if (this.#audio.autoplay) this.#audio.play().catch(() => this.#show());
  }

  #find(name) {
    return this.#root.querySelector(`[data-${name}]`);
  }

  #listen() {
    const audio = this.#audio;
    for (const event of ["timeupdate", "durationchange", "play", "pause", "ended", "seeked"])
      audio.addEventListener(event, () => this.#show());
    audio.addEventListener("playing", () => this.#begin());
    audio.addEventListener("pause", () => this.#save());
    audio.addEventListener("error", () => (this.#spoilt = true));
    addEventListener("pagehide", () => this.#save());
    setInterval(() => !audio.paused && this.#save(), SAVE_EVERY_MS);
    this.#find("toggle").addEventListener("click", () => this.#toggle());
    for (const button of this.#root.querySelectorAll("[data-skip]"))
      button.addEventListener("click", () => this.#skip(Number(button.dataset.skip)));
    this.#seek.addEventListener("input", () => {
      this.#isSeeking = true;
      this.#show();
    });
    this.#seek.addEventListener("change", () => {
      this.#isSeeking = false;
      audio.currentTime = Number(this.#seek.value);
    });
    this.#find("rate").addEventListener("change", (event) => {
      audio.playbackRate = audio.defaultPlaybackRate = Number(event.target.value);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    this.#nameForTheSystem();
  }

  #nameForTheSystem() {
    if (!navigator.mediaSession) return;
    navigator.mediaSession.metadata = new MediaMetadata({ title: this.#root.dataset.name });
  }

  #key(event) {
    if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("a, button, input, select, textarea, summary")) return;
    event.preventDefault();
    this.#toggle();
  }

  #toggle() {
    if (this.#audio.paused) this.#audio.play().catch(() => this.#show());
    else this.#audio.pause();
  }

  #skip(seconds) {
    const end = this.#audio.duration || this.#madeS;
    this.#audio.currentTime = Math.min(end, Math.max(0, this.#audio.currentTime + seconds));
  }

  #resumeAt(seconds) {
    const duration = this.#madeS;
    if (seconds > 3 && seconds < duration - 3) this.#audio.currentTime = seconds;
  }

  #show() {
    const audio = this.#audio;
    const isKnown = Number.isFinite(audio.duration);
    const made = isKnown ? audio.duration : this.#madeS;
    const end = this.#isLive ? Number(this.#root.dataset.expected) : made;
    const now = this.#isSeeking ? Number(this.#seek.value) : audio.currentTime;
    this.#root.classList.toggle("is-playing", !audio.paused);
    this.#find("toggle").setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    this.#find("now").textContent = clock(Math.floor(now));
    this.#find("end").textContent = `${this.#isLive ? "~" : ""}${clock(end)}`;
    this.#seek.max = Math.max(end, now, 1);
    if (!this.#isSeeking) this.#seek.value = now;
    this.#seek.style.setProperty("--played", `${(100 * now) / Math.max(end, now, 1)}%`);
    this.#seek.setAttribute("aria-valuetext", clock(now));
    this.#seek.disabled = this.#isLive;
    for (const button of this.#root.querySelectorAll("[data-skip]")) button.disabled = this.#isLive;
  }

  // Progress while the piece is made.

  async #look() {
    let file = null;
    try {
      const answer = await fetch(this.#root.dataset.fileUrl, {
        headers: { Accept: "application/json" },
      });
      if (answer.status === 404) return;
      if (answer.ok) file = await answer.json();
    } catch {
      // The server is away for a moment; the next look will tell.
    }
    if (file && !UNFINISHED.includes(file.status)) return this.#settle(file);
    if (file) this.#showMaking(file);
    setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  #showMaking(file) {
    this.#madeS = file.duration;
    const percent = file.progress * 100;
    const bar = document.querySelector("[data-bar]");
    const note = document.querySelector("[data-making-note]");
    if (bar) bar.value = percent;
    if (note && file.status === "speaking")
      note.textContent = `${Math.round(percent)}% spoken. You can listen already.`;
    this.#show();
  }

  #settle(file) {
    if (file.status !== "ready") return location.reload();
    this.#isLive = false;
    this.#madeS = file.duration;
    this.#changeToWhole();
    document.querySelector("[data-making]")?.classList.add("is-made");
    const note = document.querySelector("[data-making-note]");
    if (note) note.textContent = "All of it is spoken.";
    const bar = document.querySelector("[data-bar]");
    if (bar) bar.value = 100;
    const length = document.querySelector("[data-length]");
    if (length) length.textContent = inWords(file.duration);
    for (const part of document.querySelectorAll("[data-ready-only]")) part.hidden = false;
    this.#show();
  }

  #changeToWhole() {
    const audio = this.#audio;
    const place = audio.currentTime;
    const wasPlaying = !audio.paused && !audio.ended;
    const rate = audio.playbackRate;
    const hasBegun = place > 0 || wasPlaying || this.#spoilt;
    audio.autoplay = false;
    audio.preload = hasBegun ? "auto" : "metadata";
    audio.src = `${this.#root.dataset.audioUrl}?whole`;
    if (place > 0) audio.currentTime = place;
    else this.#resumeAt(Number(this.#root.dataset.position));
    audio.playbackRate = rate;
    if (wasPlaying) audio.play().catch(() => this.#show());
  }

  // The listening and its place, kept on the server.

  #send(fields) {
    return fetch(this.#root.dataset.playbackUrl, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json", "X-CSRF-Token": token },
      keepalive: true,
    });
  }

  #begin() {
    this.#playback ??= this.#send({})
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((row) => row?.id ?? null)
      .catch(() => null);
  }

  async #save() {
    const place = this.#audio.currentTime;
    if (!this.#playback || Math.abs(place - this.#savedS) < 1) return;
    this.#savedS = place;
    const id = await this.#playback;
    if (id === null) return;
    // A place that could not be saved is saved again with the next one.
    await this.#send({ id, position_s: place.toFixed(1) }).catch(() => (this.#savedS = -1));
  }
}

for (const root of document.querySelectorAll("[data-player]")) new Player(root);
