// The lock screen, headset keys and the system's own controls.
import { player } from "./player.js";

const session = navigator.mediaSession;
const actions = {
  play: () => player.resume(),
  pause: () => player.sound.pause(),
  stop: () => player.sound.pause(),
  seekbackward: ({ seekOffset }) => player.skip(-(seekOffset ?? 15)),
  seekforward: ({ seekOffset }) => player.skip(seekOffset ?? 30),
  seekto: ({ seekTime }) => player.seek(seekTime),
  previoustrack: () => player.stepBack(),
  nexttrack: () => player.stepOn(),
};
let shown = "";

// Systems show no SVG: what is drawn for pages is there for them as a PNG.
function artwork({ cover_url: cover }) {
  if (cover) return [{ src: new URL(cover.replace("/covers/", "/artwork/"), location).href }];
  const icon = document.querySelector('link[rel="apple-touch-icon"]');
  return icon ? [{ src: icon.href, sizes: "180x180", type: "image/png" }] : [];
}

function show() {
  const { file, sound } = player;
  if (!file) {
    [session.metadata, session.playbackState, shown] = [null, "none", ""];
    return;
  }
  const chapter = player.chapters.all[player.chapter]?.title;
  const named = [file.name, file.voice_name, file.category, file.cover_url, chapter].join("\n");
  if (named !== shown) {
    shown = named;
    session.metadata = new MediaMetadata({
      title: chapter ?? file.name ?? "",
      artist: file.voice_name ?? "",
      album: chapter ? file.name : file.category || "VoiceVerse",
      artwork: artwork(file),
    });
  }
  session.playbackState = sound.isPaused ? "paused" : "playing";
  if (sound.isLive || !sound.duration) return session.setPositionState?.();
  const position = Math.min(sound.time, sound.duration);
  session.setPositionState?.({ duration: sound.duration, playbackRate: player.rate, position });
}

if (session) {
  for (const [name, act] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, act);
    } catch {
      // Not every browser knows every action.
    }
  }
  player.addEventListener("change", show);
}
