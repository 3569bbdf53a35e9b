// The page on which a sentence is changed: its price while one writes.
const REST_MS = 300;

document.addEventListener("turbo:load", () => {
  const form = document.querySelector("form[data-retake]");
  if (!form) return;
  const price = form.querySelector("[data-price]");
  form.querySelector("[data-quote-act]").hidden = true;
  let timer = 0;
  let asked = 0;

  async function ask() {
    const number = (asked += 1);
    const body = new FormData(form);
    body.set("act", "quote");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
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
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.querySelector("[value=speak]").click();
  });
});
