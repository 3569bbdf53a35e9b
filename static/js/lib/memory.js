// What this browser remembers for one person; a full or forbidden storage remembers nothing.
let isOver = false;

function keyOf(name) {
  const user = document.getElementById("dock")?.dataset.user ?? "";
  return `voiceverse.${user}.${name}`;
}

export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name))) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  if (isOver) return;
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(value));
  } catch {
    // Nothing depends on it but the convenience of the next visit.
  }
}

export function isForgotten() {
  return isOver;
}

// The person leaves: what is remembered goes, and nothing more comes.
export function forgetEverything() {
  isOver = true;
  for (const key of Object.keys(localStorage))
    if (key.startsWith("voiceverse.")) localStorage.removeItem(key);
}

// The same in every tab of this browser.
export function leave() {
  forgetEverything();
  if ("BroadcastChannel" in window) new BroadcastChannel("voiceverse").postMessage("left");
}

// Somebody else used this browser before: what was remembered for them goes.
export function forgetOthers() {
  const own = keyOf("");
  for (const key of Object.keys(localStorage))
    if (key.startsWith("voiceverse.") && !key.startsWith(own)) localStorage.removeItem(key);
}
