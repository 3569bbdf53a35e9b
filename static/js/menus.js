// Row menus: one open at a time, closed by Escape or a click elsewhere; ticked rows are counted.
const menus = [...document.querySelectorAll("[data-menu]")];
const count = document.querySelector("[data-bulk-count]");

function closeOthers(kept) {
  for (const menu of menus) if (menu !== kept) menu.open = false;
}

for (const menu of menus) {
  menu.addEventListener("toggle", () => menu.open && closeOthers(menu));
  menu.closest(".row").addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, input, .menu-sheet")) return;
    event.preventDefault();
    menu.open = true;
  });
}
document.addEventListener("click", (event) => closeOthers(event.target.closest("[data-menu]")));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && menus.find((menu) => menu.open);
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("change", (event) => {
  if (!event.target.closest(".tick") || !count) return;
  const ticked = document.querySelectorAll(".tick :checked").length;
  count.textContent = ticked === 1 ? "1 piece" : `${ticked} pieces`;
});
