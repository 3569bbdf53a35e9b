// A sentence at the foot of the page that says what was done, with a way to take it back.
const STAYS_MS = 12_000;
let timer = 0;
let undo = null;

function part(name) {
  return document.querySelector(`[data-toast${name}]`);
}

function rest() {
  clearTimeout(timer);
  timer = setTimeout(hide, STAYS_MS);
}

function hide() {
  clearTimeout(timer);
  undo = null;
  const toast = part("");
  if (!toast) return;
  toast.classList.remove("is-shown", "bad");
  part("-text").textContent = "";
  part("-undo").hidden = true;
}

export function say(sentence, { isBad = false, takeBack = null } = {}) {
  const toast = part("");
  if (!toast) return;
  undo = takeBack;
  part("-text").textContent = sentence;
  part("-undo").hidden = !takeBack;
  toast.classList.toggle("bad", isBad);
  toast.classList.add("is-shown");
  rest();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) return hide();
  if (!event.target.closest("[data-toast-undo]") || !undo) return;
  const action = undo;
  hide();
  action();
});
// It stays as long as somebody is at it.
for (const event of ["pointerover", "focusin"])
  document.addEventListener(
    event,
    ({ target }) => target.closest?.("[data-toast]") && clearTimeout(timer),
  );
for (const event of ["pointerout", "focusout"])
  document.addEventListener(event, ({ target }) => target.closest?.(".toast.is-shown") && rest());
document.addEventListener("turbo:before-cache", hide);
