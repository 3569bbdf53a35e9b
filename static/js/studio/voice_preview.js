// How a voice sounds: fetched once for each sentence, one at a time.
import { send } from "../lib/form_post.js";

const sound = new Audio();
const heard = new Map();
let turn = 0;

// What sounds stops; the number of what may begin next.
export function hush() {
  sound.pause();
  return (turn += 1);
}

export function isTurn(number) {
  return number === turn;
}

// The button shows that it plays until the sentence is over, or another one begins.
export async function hear(button, address, voice, sentence = "") {
  if (button.classList.contains("is-playing")) return hush();
  return play(hush(), button, address, voice, sentence);
}

export async function play(mine, button, address, voice, sentence) {
  button.classList.add("is-playing");
  try {
    const source = await fetched(address, voice, sentence);
    if (mine === turn) await whole(source);
  } finally {
    button.classList.remove("is-playing");
  }
}

function fetched(address, voice, sentence) {
  const key = JSON.stringify([voice, sentence]);
  if (!heard.has(key)) {
    const asked = send(address, { voice, sentence })
      .then((answer) => answer.blob())
      .then((blob) => URL.createObjectURL(blob));
    asked.catch(() => heard.delete(key));
    heard.set(key, asked);
  }
  return heard.get(key);
}

function whole(source) {
  document.querySelector("player-dock")?.player?.sound.pause();
  sound.src = source;
  return new Promise((ended) => {
    for (const event of ["ended", "pause", "error"])
      sound.addEventListener(event, ended, { once: true });
    sound.play().catch(ended);
  });
}
