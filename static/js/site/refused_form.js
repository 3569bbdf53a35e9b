// A refused form stays as it stands, with all that was typed: what is wrong is told at its fields.
const AROUND = "label, password-eye";

document.addEventListener("turbo:before-fetch-response", async (event) => {
  const form = event.target;
  const answer = event.detail.fetchResponse;
  if (!(form instanceof HTMLFormElement) || !answer.response.headers.has("X-Refused-Form")) return;
  event.preventDefault();
  const page = new DOMParser().parseFromString(await answer.responseHTML, "text/html");
  const refused = page.querySelector("form[data-mistakes]");
  forget(form);
  for (const sentence of refused.querySelectorAll('.sentence[id^="error-"]'))
    tell(form, refused, sentence);
  for (const { name, value } of refused.querySelectorAll('[type="hidden"][name="version"]'))
    form.elements[name].value = value;
  form.querySelector('[aria-invalid="true"], .sentence[tabindex]')?.focus();
});

function forget(form) {
  for (const sentence of form.querySelectorAll('.sentence[id^="error-"]')) sentence.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

// A sentence of the form that came back, at the same field of the one that is here.
function tell(form, refused, sentence) {
  const there = refused.querySelector(`[aria-describedby~="${sentence.id}"]`);
  const here =
    there && [...form.elements].find((field) => field.name === there.name && !isHidden(field));
  if (!here) {
    sentence.tabIndex = -1;
    form.prepend(sentence);
    return;
  }
  here.setAttribute("aria-invalid", "true");
  here.setAttribute("aria-describedby", there.getAttribute("aria-describedby"));
  (here.closest(AROUND) ?? here).after(sentence);
}

function isHidden(field) {
  return field.type === "hidden";
}
