// The service worker: the shell and the kept pieces without the network. The server writes the
// list SHELL above this line.
const SHELL_CACHE = "shell";
const KEPT_CACHES = "kept"; // each account's own is called kept- and its mark
const ASK_AGAIN_MS = 30_000;
const PATIENCE_MS = 3000;
let askedAt = -ASK_AGAIN_MS; // and answered, or waited for in vain

// What is sent, and sound, never waits for this worker: a page that is left may have no time to.
const PAST_WORKER = [
  { condition: { requestMethod: "POST" }, source: "network" },
  { condition: { urlPattern: "/audio/*" }, source: "network" },
];

self.addEventListener("install", (event) => {
  event.addRoutes?.(PAST_WORKER).catch(() => {});
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([dropOldShell(), self.clients.claim()]));
});
self.addEventListener("message", (event) => {
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/kept/")) event.respondWith(keptSound(request, url.pathname));
  else if (url.pathname.startsWith("/static/")) event.respondWith(shellPart(request));
  else if (isPage(request)) event.respondWith(pageOrKept(request, url.pathname));
});

async function keepShell() {
  const cache = await caches.open(SHELL_CACHE);
  const known = new Set((await cache.keys()).map((request) => request.url));
  const missing = SHELL.filter((address) => !known.has(new URL(address, location).href));
  await cache.addAll(missing);
}

async function dropOldShell() {
  const cache = await caches.open(SHELL_CACHE);
  const wanted = new Set(SHELL.map((address) => new URL(address, location).href));
  const old = (await cache.keys()).filter((request) => !wanted.has(request.url));
  await Promise.all(old.map((request) => cache.delete(request)));
}

async function shellPart(request) {
  const cache = await caches.open(SHELL_CACHE);
  const isExact = new URL(request.url).search !== "";
  const found = await cache.match(request, { ignoreSearch: !isExact });
  return found ?? fetch(request);
}

function isPage(request) {
  return request.mode === "navigate" || (request.headers.get("Accept") ?? "").includes("text/html");
}

async function keptCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(KEPT_CACHES));
}

// Whoever is there now, or nobody, as each answer tells: what was kept for others goes.
async function dropOthers(answer) {
  const account = answer.headers.get("X-Account");
  if (!account) return;
  askedAt = performance.now();
  const others = (await keptCaches()).filter((name) => name !== `${KEPT_CACHES}-${account}`);
  await Promise.all(others.map((name) => caches.delete(name)));
}

// Without the network there is nobody to ask, and who kept the pieces hears them. An answer that
// comes late counts as well, and after a while the question is put again.
async function askWhose() {
  if (performance.now() - askedAt < ASK_AGAIN_MS) return;
  const headers = { Accept: "application/json" }; // to be refused rather than led to the log-in
  const signal = AbortSignal.timeout(ASK_AGAIN_MS);
  const asked = fetch("/whose", { cache: "no-store", headers, signal });
  const answer = asked.then(dropOthers).catch(() => {});
  await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  askedAt = performance.now();
}

// Looked for without making the cache anew that went when somebody logged out. Of two persons'
// caches neither is trusted.
async function kept(path) {
  const [cacheName, another] = await keptCaches();
  return cacheName && !another ? caches.match(path, { cacheName }) : undefined;
}

async function pageOrKept(request, path) {
  try {
    const answer = await fetch(request);
    await dropOthers(answer);
    return answer;
  } catch (error) {
    const found = (await kept(path)) ?? (await kept("/offline"));
    if (found) return found;
    throw error;
  }
}

// A piece of the sound, as players ask for it; the whole when they do not.
async function keptSound(request, path) {
  await askWhose();
  const found = await kept(path);
  if (!found) return fetch(path.replace("/kept/", "/audio/"), { headers: request.headers });
  const sound = await found.blob();
  const headers = { "Content-Type": "audio/mpeg", "Accept-Ranges": "bytes" };
  const span = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  if (!span || span[1] + span[2] === "") return new Response(sound, { headers });
  const [start, end] = edges(span[1], span[2], sound.size);
  if (start >= sound.size || end < start)
    return new Response(null, {
      status: 416,
      headers: { "Content-Range": `bytes */${sound.size}` },
    });
  headers["Content-Range"] = `bytes ${start}-${end}/${sound.size}`;
  headers["Content-Length"] = String(end - start + 1);
  return new Response(sound.slice(start, end + 1), { status: 206, headers });
}

function edges(first, last, size) {
  if (first === "") return [Math.max(0, size - Number(last)), size - 1];
  return [Number(first), last === "" ? size - 1 : Math.min(Number(last), size - 1)];
}
