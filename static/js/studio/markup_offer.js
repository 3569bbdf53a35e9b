// A text that looks like Markdown, HTML or SSML is read without its signs, or as it stands.
export function offerMarkup({ form, text, texts }) {
  const offer = form.querySelector("[data-markup]");
  const sentence = offer.querySelector("[data-markup-kind]");
  const literal = form.elements.markup;

  function show(kind) {
    sentence.textContent = texts.markup[kind] ?? "";
    offer.hidden = !kind;
  }

  form.addEventListener("studio:quoted", ({ detail }) => show(detail.markup));
  form.addEventListener("input", () => text.value.trim() || show(""));
  return {
    forget() {
      literal.checked = false;
      show("");
    },
  };
}
