// The pieces that this device keeps: their sound and page in the browser's cache, listed by name.
import { recall, remember } from "../lib/memory.js";

const PAGE_KINDS = { Accept: "text/html" };
const CACHES = "kept";

// Each account has a cache of its own; none where nobody is logged in.
export function cacheName() {
  return `${CACHES}-${document.querySelector('meta[name="account"]')?.content ?? "none"}`;
}

export async function dropCaches(spared = "") {
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHES) && name !== spared);
  await Promise.all(names.map((name) => caches.delete(name)));
}

class Kept extends EventTarget {
  #distrusted = new Set();

  get isPossible() {
    return "caches" in window && "serviceWorker" in navigator;
  }

  list() {
    return recall("kept", []);
  }

  find(filename) {
    return this.list().find((file) => file.filename === filename);
  }

  has(filename) {
    return Boolean(this.find(filename));
  }

  // Where the whole sound lies; /kept/ is answered by the service worker alone.
  addressOf(filename, version = "") {
    const isHere = this.has(filename) && !this.#distrusted.has(filename);
    const isServed = isHere && navigator.serviceWorker?.controller;
    return isServed ? `/kept/${filename}` : `/audio/${filename}?whole=${version}`;
  }

  distrust(filename) {
    this.#distrusted.add(filename);
  }

  // Calls `told` with the part that has arrived, 0 to 1; throws when it cannot be kept.
  async keep(filename, told) {
    const cache = await caches.open(cacheName());
    const [sound, page, details] = await Promise.all([
      fetch(`/audio/${filename}`),
      fetch(`/files/${filename}?part=all`, { headers: PAGE_KINDS }),
      fetch(`/playback/${filename}`, { headers: { Accept: "application/json" } }),
    ]);
    if (![sound, page, details].every((answer) => answer.ok)) throw new Error("not all answered");
    const size = Number(sound.headers.get("Content-Length"));
    const file = await details.json();
    await cache.put(`/kept/${filename}`, counted(sound, size, told));
    await cache.put(`/files/${filename}`, page);
    const { name, duration, voice_name, chapters, giver = "" } = file;
    const item = { filename, name, duration, voice_name, chapters, giver, size, status: "ready" };
    this.#write([...this.list().filter((other) => other.filename !== filename), item]);
    this.#distrusted.delete(filename);
    navigator.storage?.persist?.();
  }

  // What others kept here goes, and what is gone is not listed.
  async settle() {
    const cache = await caches.open(cacheName());
    await this.#takeOver(cache);
    await dropCaches(cacheName());
    const there = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
    const files = this.list().filter((file) => there.has(`/kept/${file.filename}`));
    if (files.length < this.list().length) this.#write(files);
  }

  // Earlier releases had one cache for everybody: what this person kept there becomes their own,
  // with its page as it is today.
  async #takeOver(cache) {
    if (!(await caches.has(CACHES))) return;
    const earlier = await caches.open(CACHES);
    for (const { filename } of this.list()) {
      const sound = await earlier.match(`/kept/${filename}`);
      const page = sound && (await fetch(`/files/${filename}?part=all`, { headers: PAGE_KINDS }));
      if (!page?.ok) continue;
      await cache.put(`/kept/${filename}`, sound);
      await cache.put(`/files/${filename}`, page);
      await earlier.delete(`/kept/${filename}`);
    }
  }

  async forget(filename) {
    const cache = await caches.open(cacheName());
    await Promise.all([cache.delete(`/kept/${filename}`), cache.delete(`/files/${filename}`)]);
    this.#write(this.list().filter((file) => file.filename !== filename));
  }

  #write(files) {
    remember("kept", files);
    this.dispatchEvent(new Event("change"));
  }
}

function counted(answer, size, told) {
  let arrived = 0;
  const counter = new TransformStream({
    transform(piece, stream) {
      arrived += piece.byteLength;
      told(size ? arrived / size : 0);
      stream.enqueue(piece);
    },
  });
  const headers = { "Content-Type": "audio/mpeg", "Content-Length": String(size) };
  return new Response(answer.body.pipeThrough(counter), { headers });
}

export const kept = new Kept();
