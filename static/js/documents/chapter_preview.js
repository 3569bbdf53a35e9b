// How a chapter begins, in the chosen voice and at the chosen pace. What was heard is kept with the
// page, so that nothing is made twice.
import { Refused, send } from "../lib/form_post.js";

export function hearChapters(desk, tell, signal) {
  const sound = new Audio();
  const heard = new Map();
  let playing = null;

  desk.addEventListener("submit", hear, { signal });
  signal.addEventListener("abort", hush);
  for (const event of ["ended", "error"]) sound.addEventListener(event, hush);

  async function hear(event) {
    const form = event.target.closest("[data-hear]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    if (button === playing) return hush();
    hush();
    playing = button;
    button.setAttribute("aria-pressed", "true");
    try {
      const address = await sample(form);
      if (button === playing) await play(address);
    } catch (error) {
      if (button === playing) hush();
      if (!(error instanceof Refused)) throw error;
      tell(error.message);
    }
  }

  // The words and the voice are part of the key: an edit, or another voice, is another sample.
  function sample(form) {
    const { version, voice } = form.elements;
    const key = `${form.action} ${version.value} ${voice.value}`;
    if (!heard.has(key)) {
      const asked = send(form.action, new FormData(form))
        .then((answer) => answer.blob())
        .then((blob) => URL.createObjectURL(blob));
      asked.catch(() => heard.delete(key));
      heard.set(key, asked);
    }
    return heard.get(key);
  }

  async function play(address) {
    document.querySelector("player-dock")?.player?.sound.pause();
    sound.src = address;
    sound.playbackRate = Number(desk.querySelector("[name=speed]").value) || 1;
    await sound.play().catch(hush);
  }

  function hush() {
    sound.pause();
    playing?.setAttribute("aria-pressed", "false");
    playing = null;
  }
}
