// The name a piece will get from how its text begins, shown where a name can be typed.
// speech/text/titles.py has the same rule, which is the one that counts.
const LONGEST = 60;
const LOOKED_AT = 2000;
const SHORTEST_CUT = 20;
// eslint-disable-next-line no-control-regex -- they are what it looks for
const MARKS = /\[pause[^\]]{0,20}\]|[\x00-\x1f\x7f-\x9f\u2028\u2029]|\p{Cs}/giu;
const LEADING = /^(?:[#>*+•–—-]+ )+/u;
const SENTENCE_END =
  /(?:[!?…]|(?<=\p{L}{4})\.)["'”’»)\]]{0,3}(?= [^a-zäöü])|[。！？।][”’」』)]{0,3}/gu;
const OPENING = new Map([
  ['"', '"'],
  ["“", "”"],
  ["„", "“"],
  ["«", "»"],
  ["»", "«"],
  ["‘", "’"],
  ["‚", "‘"],
  ["「", "」"],
]);

export function titleOf(text) {
  const all = Array.from(text.slice(0, 2 * LOOKED_AT + 2)); // code points: none is cut in two
  const head = all.slice(0, LOOKED_AT).join("");
  const line = head.replace(MARKS, " ").trim().split(/\s+/u).join(" ").replace(LEADING, "");
  const signs = Array.from(line);
  if (signs.length <= LONGEST && all.length <= LOOKED_AT)
    return unquoted(line.replace(/[ ,;:\-–—]+$/u, ""));
  const near = signs.slice(0, LONGEST + 2).join("");
  let name = "";
  for (const found of near.matchAll(SENTENCE_END)) {
    const until = near.slice(0, found.index + found[0].length);
    const length = Array.from(until).length;
    if (length >= 4 && length <= LONGEST) name = until;
  }
  if (name) return unquoted(name);
  let cut = clusterStart(signs, LONGEST - 1);
  const space = signs.lastIndexOf(" ", cut);
  if (space >= SHORTEST_CUT) cut = space;
  name = unquoted(
    signs
      .slice(0, cut)
      .join("")
      .replace(/[ ,;:\-–—([{<«“„"']+$/u, ""),
  );
  return name && `${name}…`;
}

function unquoted(name) {
  const [first] = name;
  if (OPENING.has(first) && !name.slice(1).includes(OPENING.get(first)))
    return name.slice(1).trimStart();
  return name;
}

function clusterStart(signs, from) {
  let place = from;
  while (
    place > 0 &&
    place < signs.length &&
    (/[\p{M}\u{1f3fb}-\u{1f3ff}]/u.test(signs[place]) ||
      signs[place] === "\u200d" ||
      signs[place - 1] === "\u200d")
  )
    place -= 1;
  return place || from;
}

export function suggestName({ form, text, texts }) {
  const title = form.querySelector("[data-name]");
  let isMarkup = false; // its signs only the server leaves out

  function suggest() {
    if (!isMarkup || !text.value.trim()) title.placeholder = titleOf(text.value) || texts.untitled;
  }

  form.addEventListener("input", suggest);
  form.addEventListener("studio:quoted", ({ detail }) => {
    isMarkup = Boolean(detail.markup);
    if (isMarkup) title.placeholder = detail.name;
    else suggest();
  });
  // Enter in a one-line field moves on instead of sending half a thought.
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    text.focus();
  });
  suggest();
}
