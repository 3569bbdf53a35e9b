// Voices on their way: their bars move, and they join the installed ones, without a reload.
const EVERY_MS = 2000;

let timer = 0;

document.addEventListener("turbo:load", follow);
follow();

function follow() {
  clearTimeout(timer);
  if (document.querySelector("#voices-under-way[data-going]")) timer = setTimeout(look, EVERY_MS);
}

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!document.querySelector("#voices-under-way")) return;
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
        part.replaceWith(fresh);
      }
    }
  }
  follow();
}
