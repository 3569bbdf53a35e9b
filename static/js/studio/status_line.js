// The one line under the page: of all there is to say it shows what matters most, in the order in
// which it stands there; the rest comes with “More”.
export function keepStatus({ form, signal }) {
  const line = form.querySelector("[data-status]");
  const all = [...line.querySelectorAll("[data-said]")];
  const counts = line.querySelector("[data-quote]");
  const more = line.querySelector("[data-more]");

  function arrange() {
    const said = all.filter((part) => !part.hidden && part.textContent.trim());
    const first = said.find((part) => part !== counts);
    for (const part of all) {
      part.toggleAttribute("data-first", part === first);
      part.toggleAttribute("data-most", part === said[0]);
    }
    // A draft that is kept is no news, nor that there is no text.
    const news = said.filter((part) => !part.matches("[data-calm]:not(.bad)"));
    const beside = said.includes(counts) ? 2 : 1;
    more.hidden = news.length < 2;
    more.classList.toggle("on-phones-only", news.length <= beside);
    line.dataset.arranged = "";
  }

  // What is written into a part, and whether it is hidden, is all that changes it.
  const watch = new MutationObserver(arrange);
  const changes = { childList: true, characterData: true, subtree: true };
  for (const part of all)
    watch.observe(part, { ...changes, attributes: true, attributeFilter: ["hidden", "class"] });
  signal.addEventListener("abort", () => watch.disconnect());
  more.addEventListener("click", () => {
    const isOpen = line.classList.toggle("is-open");
    more.setAttribute("aria-expanded", isOpen);
  });
  arrange();

  const note = line.querySelector("[data-desk-note]");
  let isLasting = false;

  function clear() {
    if (!isLasting) tell("");
  }

  function tell(sentence, isBad = false, actions = [], lasts = false) {
    isLasting = lasts;
    note.classList.toggle("bad", isBad);
    note.replaceChildren(
      ...(sentence ? [sentence] : []),
      ...actions.flatMap((each) => [" ", each]),
    );
  }

  // What was said of the text or a choice holds until that is changed.
  form.addEventListener("input", clear);
  return tell;
}
