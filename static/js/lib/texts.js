// The sentences that scripts show, in the language of the page.
let block = null;
let texts = {};

export function text(name, values = {}) {
  const now = document.getElementById("texts");
  if (now && now !== block) {
    block = now;
    texts = JSON.parse(now.textContent);
  }
  return (texts[name] ?? name).replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}
