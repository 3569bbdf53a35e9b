// The page on which a sentence is changed: its price while one writes.
const REST_MS = 300;

// The script may arrive before the page is shown or after it.
function prepare() {
  const form = document.querySelector("form[data-retake]");
  if (!form || form.dataset.retake) return;
  form.dataset.retake = "ready";
  const price = form.querySelector("[data-price]");
  form.querySelector("[data-quote-act]").hidden = true;
  let timer = 0;
  let asked = 0;

  async function ask() {
    if (!form.isConnected) return;
    const number = (asked += 1);
    const body = new FormData(form);
    body.set("act", "quote");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (number === asked) price.value = told.sentence ?? told.error;
    } catch {
      if (number === asked) price.value = "";
    }
  }

  form.elements.text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, REST_MS);
  });
  if (form.elements.text.value !== form.elements.text.defaultValue) ask(); // typed before this came
  form.addEventListener("submit", () => clearTimeout(timer));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
      form.querySelector("[value=speak]").click();
  });
}

document.addEventListener("turbo:load", prepare);
prepare();
