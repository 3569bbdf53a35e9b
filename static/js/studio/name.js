// The name a piece will get from its first words, shown where a name can be typed.
const LONGEST = 60;

export function suggestName({ form, text, texts }) {
  const title = form.querySelector("[data-name]");

  function suggest() {
    let name = "";
    for (const word of text.value.slice(0, 400).trim().split(/\s+/)) {
      if (`${name} ${word}`.trim().length > LONGEST) break;
      name = `${name} ${word}`.trim();
    }
    title.placeholder = name || texts.untitled;
  }

  form.addEventListener("input", suggest);
  // Enter in a one-line field moves on instead of sending half a thought.
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    text.focus();
  });
  suggest();
}
