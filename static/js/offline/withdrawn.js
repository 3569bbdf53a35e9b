// What others shared, and share no longer, leaves this device once the server can be asked.
import { kept } from "./cache.js";

const AT_ONCE = 100;

async function look() {
  const names = kept
    .list()
    .filter((file) => file.giver)
    .map((file) => file.filename);
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const query = names.slice(start, start + AT_ONCE).map((name) => ["file", name]);
    for (const name of await gone(new URLSearchParams(query))) await kept.forget(name);
  }
}

async function gone(query) {
  try {
    const answer = await fetch(`/library/states?only=gone&${query}`, {
      headers: { Accept: "application/json" },
    });
    return answer.ok ? (await answer.json()).gone : [];
  } catch {
    return []; // without the network nobody knows; it is asked again
  }
}

look();
document.addEventListener("visibilitychange", () => document.hidden || look());
