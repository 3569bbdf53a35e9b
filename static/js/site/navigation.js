// Pages are swapped without a reload, those of pieces too, whose addresses end like their sound.
window.Turbo.config.drive.unvisitableExtensions.delete(".mp3");

// What surrounds the page is drawn anew in another language, the player with it; its sound goes on.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-language-choice]"))
    document.getElementById("dock")?.removeAttribute("data-turbo-permanent");
});

// Open sheets belong to the page that is left.
document.addEventListener("turbo:before-cache", () => {
  for (const sheet of document.querySelectorAll("[popover]:popover-open")) sheet.hidePopover();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const notice of document.querySelectorAll("main > .notice")) notice.remove();
});

// A redirect loses the place in the page on its way through a script; what was saved shows it.
document.addEventListener("turbo:load", () => {
  document.querySelector(".saved")?.scrollIntoView({ block: "center" });
});
