// What is being made of a document: its bar, the time that is left, all of it in one go to hear.
import "../library/row_progress.js";
import { rest } from "../lib/poll.js";
import { money, spokenLength } from "../lib/format.js";
import { fill } from "../lib/texts.js";

const EVERY_MS = 2000;

export function followMaking(desk, texts, signal) {
  const made = desk.querySelector("[data-made]");
  if (!made) return;
  const button = made.querySelector("[data-play-all]");
  button?.addEventListener("click", playAll);
  if (button && "now" in button.dataset) {
    delete button.dataset.now;
    history.replaceState(history.state, "", location.pathname);
    playAll();
  }
  if ("going" in made.dataset) rest(EVERY_MS, signal).then(look);

  async function playAll() {
    const files = [...made.querySelectorAll(".row .ring")].map((ring) =>
      JSON.parse(ring.dataset.play),
    );
    await customElements.whenDefined("player-dock");
    document.dispatchEvent(new CustomEvent("player:play", { detail: files[0] }));
    document.dispatchEvent(new CustomEvent("player:add", { detail: files.slice(1) }));
  }

  async function look() {
    if (signal.aborted) return;
    const answer = await fetch(made.dataset.made, {
      headers: { Accept: "application/json" },
    }).catch(() => null);
    const isGoing = answer?.ok ? show(await answer.json()) : true;
    if (signal.aborted) return;
    if (!isGoing) return renew();
    await rest(EVERY_MS, signal);
    return look();
  }

  // All is done, or stopped: other things can be done with it now.
  async function renew() {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-made]");
    if (!fresh || !made.isConnected) return;
    made.replaceWith(fresh);
    followMaking(desk, texts, signal);
    document.dispatchEvent(new CustomEvent("library:changed"));
  }

  function show(progress) {
    made.querySelector("[data-book-bar]").value = progress.share * 100;
    const parts = [fill(texts.spoken, { percent: Math.round(progress.share * 100) })];
    if (progress.left_s !== null)
      parts.push(fill(texts.left, { time: spokenLength(progress.left_s, texts) }));
    const cost = money(progress.cost_usd, texts);
    parts.push(progress.cost_usd ? fill(texts.so_far, { amount: cost }) : cost);
    made.querySelector("[data-book-note]").textContent = parts.join(" · ");
    return progress.states.queued + progress.states.speaking > 0;
  }
}
