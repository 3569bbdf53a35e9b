// The sentences that scripts show, in the language of the page.
let block = null;
let sentences = {};

// One of the sentences that every page has.
export function text(name, values = {}) {
  const now = document.getElementById("texts");
  if (now && now !== block) {
    block = now;
    sentences = JSON.parse(now.textContent);
  }
  return (sentences[name] ?? name).replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

// Those of one page or part of it.
export function texts(id) {
  const own = document.getElementById(id);
  return own ? JSON.parse(own.textContent) : {};
}

export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole).replaceAll("%%", "%");
}
