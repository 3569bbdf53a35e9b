// Times as a player shows them: 0:58, 1:02:03.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const tail = String(whole % 60).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${tail}`;
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${minutes}:${tail}`;
}
