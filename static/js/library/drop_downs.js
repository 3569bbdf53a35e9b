// Small sheets that open below a word: one at a time, closed by Escape or a click elsewhere.
function opened() {
  return [...document.querySelectorAll("[data-drop-down][open], [data-new-group][open]")];
}

document.addEventListener("click", (event) => {
  for (const sheet of opened()) if (!sheet.contains(event.target)) sheet.open = false;
  const maker = event.target.closest("[data-new-group] > summary")?.parentElement;
  if (!maker || maker.open) return;
  // Opened here and now, for its toggle event comes later than the first letters of a quick hand.
  event.preventDefault();
  maker.open = true;
  maker.querySelector("input[name=name]").focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const sheet of opened()) {
    sheet.open = false;
    sheet.querySelector("summary").focus();
  }
});
