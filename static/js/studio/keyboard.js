// A keyboard on the screen covers the foot of the page: what must stay in reach is told how much.
export function makeRoomForKeyboard({ root, signal }) {
  const seen = window.visualViewport;
  if (!seen) return;
  const LEAST = 120; // pixels; bars of a browser that come and go are lower

  function measure() {
    const covered = Math.round(innerHeight - seen.height * seen.scale - seen.offsetTop);
    const isOpen = covered > LEAST && seen.scale === 1;
    root.classList.toggle("has-keyboard", isOpen);
    if (isOpen) root.style.setProperty("--keyboard", `${covered}px`);
    else root.style.removeProperty("--keyboard");
  }

  for (const event of ["resize", "scroll"]) seen.addEventListener(event, measure, { signal });
  measure();
}
