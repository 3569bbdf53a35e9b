// Waits between two polls of the server: they last while the page is hidden, and end at once when it
// is shown. Each settles early when its `signal` is aborted.

export async function rest(ms, signal) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  if (document.hidden) await comeBack(signal);
}

// Settles when the page is shown after having been hidden.
export function comeBack(signal) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal?.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal?.addEventListener("abort", look, { once: true });
  });
}
