// Rows of pieces that are still being made: their rings fill by themselves.
const PAUSE_MS = 1500;
const WORDS = { queued: "waiting", speaking: "being spoken", failed: "failed", cancelled: "stopped" };

function clock(seconds) {
  const whole = Math.round(seconds);
  const tail = String(whole % 60).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${tail}`;
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${minutes}:${tail}`;
}

async function follow(row) {
  const answer = await fetch(row.dataset.progress, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const file = await answer.json();
  const isDone = !["queued", "speaking"].includes(file.status);
  const percent = isDone ? 0 : file.progress * 100;
  row.querySelector("[data-ring]")?.setAttribute("stroke-dasharray", `${percent} 100`);
  const state = row.querySelector("[data-state]");
  state.textContent = WORDS[file.status] ?? clock(file.duration);
  state.classList.toggle("failed", file.status === "failed");
  if (!isDone) setTimeout(follow, PAUSE_MS, row);
}

for (const row of document.querySelectorAll("[data-progress]")) setTimeout(follow, PAUSE_MS, row);
