// The state of a piece while it is made; however many ask, the server is asked once a second, and
// while the page is hidden only where somebody listens.
import { comeBack } from "../lib/poll.js";

const EVERY_MS = 1000;
const UNFINISHED = ["queued", "speaking"];
const followed = new Map();

export function isUnfinished(file) {
  return UNFINISHED.includes(file.status);
}

// Calls `heard` with the piece's state until it is finished; returns a function that stops it.
// `isWanted` says whether it must be known on a hidden page, too.
export function follow(filename, heard, isWanted = () => false) {
  const listeners = followed.get(filename) ?? new Map();
  listeners.set(heard, isWanted);
  if (!followed.has(filename)) {
    followed.set(filename, listeners);
    look(filename);
  }
  return () => listeners.delete(heard);
}

async function look(filename) {
  const listeners = followed.get(filename);
  if (document.hidden && ![...listeners.values()].some((isWanted) => isWanted())) await comeBack();
  if (!listeners.size) return followed.delete(filename);
  const file = await ask(filename);
  if (file && !isUnfinished(file)) followed.delete(filename);
  if (file) for (const heard of [...listeners.keys()]) heard(file);
  if (followed.get(filename) === listeners) setTimeout(look, EVERY_MS, filename);
}

async function ask(filename) {
  try {
    const answer = await fetch(`/files/${filename}`, { headers: { Accept: "application/json" } });
    if (answer.status === 404) return { status: "gone" };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // The server is away for a moment; the next look will tell.
  }
}
