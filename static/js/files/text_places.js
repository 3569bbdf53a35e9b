// Places on the page and in the text of a piece, and the word that stands at one.
export function reading() {
  return document.querySelector("read-along");
}

export function caretAt(x, y) {
  if (document.caretPositionFromPoint) {
    const place = document.caretPositionFromPoint(x, y);
    return place && [place.offsetNode, place.offset];
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range && [range.startContainer, range.startOffset];
}

// The place of the text under a place on the page; null beside it.
export function pointAt(x, y) {
  const caret = caretAt(x, y);
  return caret && reading().contains(caret[0]) ? reading().pointOf(...caret) : null;
}

// The word that holds a place of a text node; empty where none does.
export function wordAt(caret) {
  if (!caret || caret[0].nodeType !== Node.TEXT_NODE) return "";
  const { data } = caret[0];
  const before = data
    .slice(Math.max(0, caret[1] - 100), caret[1])
    .match(/[\p{L}\p{M}\p{N}'’-]*$/u)[0];
  const after = data.slice(caret[1], caret[1] + 100).match(/^[\p{L}\p{M}\p{N}'’-]*/u)[0];
  return (before + after).replace(/^['’-]+|['’-]+$/g, "");
}

export function boxOf(still) {
  const range = document.createRange();
  range.setStart(still.startContainer, still.startOffset);
  range.setEnd(still.endContainer, still.endOffset);
  return range.getBoundingClientRect();
}

// Scrolls to a place of the text; returns its range, or null where it is not on the page.
export async function bring(start, end = start + 1) {
  const text = reading();
  if ((await text.show(start)) === false) return null;
  const range = text.rangeOf(start, end);
  const top = range ? boxOf(range).top : null;
  const isSeen = top === null || (top > innerHeight * 0.15 && top < innerHeight * 0.6);
  if (!isSeen) scrollBy({ top: top - innerHeight * 0.3, behavior: "instant" });
  return range;
}
