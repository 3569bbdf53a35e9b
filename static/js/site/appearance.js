// Light, dark or like the system: at once, and remembered by the server for the next page.
const BARS = { light: "#faf7f0", dark: "#11141b" };

function show(theme) {
  const root = document.documentElement;
  if (theme in BARS) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.querySelector('meta[name="color-scheme"]').content =
    theme in BARS ? theme : "light dark";
  for (const bar of document.querySelectorAll('meta[name="theme-color"]')) {
    const own = bar.media.includes("dark") ? "dark" : "light";
    bar.content = BARS[theme] ?? BARS[own];
  }
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target.closest("[data-theme-choice]");
    const theme = event.submitter?.value;
    if (!form || !theme) return;
    event.preventDefault();
    show(theme);
    for (const button of form.querySelectorAll("[aria-pressed]"))
      button.setAttribute("aria-pressed", String(button.value === theme));
    const body = new URLSearchParams(new FormData(form, event.submitter));
    fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      keepalive: true,
    })
      .then((answer) => answer.ok || form.submit())
      .catch(() => {});
    window.Turbo.cache.clear();
  },
  true,
);
