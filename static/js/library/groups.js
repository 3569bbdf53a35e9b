// Small sheets that open below a word: one at a time, closed by Escape or a click elsewhere.
function opened() {
  return [...document.querySelectorAll("[data-drop-down][open], [data-new-group][open]")];
}

document.addEventListener("click", (event) => {
  for (const sheet of opened()) if (!sheet.contains(event.target)) sheet.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const sheet of opened()) {
    sheet.open = false;
    sheet.querySelector("summary").focus();
  }
});
document.addEventListener("toggle", (event) => {
  if (event.target.open && event.target.matches("[data-new-group]")) event.target.querySelector("input[name=name]").focus();
}, true);
