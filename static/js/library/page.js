// Fetching this page anew, whole or a part of it.
import { texts } from "../lib/texts.js";

export class Away extends Error {}

export async function fetchPage(address, signal) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "text/html" }, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Away(texts("library-texts").away);
  }
  if (!answer.ok) throw new Away(texts("library-texts").away);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

export function swap(page, selector) {
  const old = document.querySelector(selector);
  const fresh = page.querySelector(selector);
  if (old && fresh) old.replaceWith(fresh);
}

// What looks the same stays: somebody may be about to press it.
function swapChanged(page, selector) {
  if (!document.querySelector(selector)?.isEqualNode(page.querySelector(selector)))
    swap(page, selector);
}

// After a change: the groups' counts, and the list when it may hold other pieces now.
export async function refresh({ withList = true } = {}) {
  const page = await fetchPage(location.href);
  swapChanged(page, "[data-groups] ul");
  swapChanged(page, "#groups");
  if (withList) swap(page, "[data-found]");
  document.dispatchEvent(new CustomEvent("library:changed"));
}
