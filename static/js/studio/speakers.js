// Speakers: names that the text marks get voices of their own, once somebody opens their list.
import { Refused, send } from "../lib/form_post.js";

export function offerSpeakers({ form, text, tell }) {
  const fold = form.querySelector("[data-reading]");
  const summary = fold.querySelector("[data-speaker-names]");
  const holder = fold.querySelector("[data-speakers]");
  const voice = form.querySelector("#voice");
  const given = new Map();
  let asked = 0;
  let listed = summary.textContent;

  function remember() {
    const voices = [...holder.querySelectorAll("[name=speaker_voice]")];
    const speakers = holder.querySelectorAll("[name=speaker]");
    speakers.forEach((speaker, place) => given.set(speaker.value, voices[place].value));
  }

  function recall() {
    const voices = [...holder.querySelectorAll("[name=speaker_voice]")];
    holder.querySelectorAll("[name=speaker]").forEach((speaker, place) => {
      const chosen = given.get(speaker.value);
      const offered = [...voices[place].options].find(({ value }) => value === chosen);
      if (offered) offered.selected = true;
    });
  }

  // A voice that was suggested counts like one that was chosen.
  function tellOfSuggestions() {
    const voices = [...holder.querySelectorAll("[name=speaker_voice]")];
    const isNew = voices.some(
      (select, place) =>
        select.value &&
        given.get(holder.querySelectorAll("[name=speaker]")[place].value) !== select.value,
    );
    if (isNew) voices[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  function fields() {
    const all = new FormData(form);
    all.set("text", text.value);
    for (const name of ["speaker", "speaker_voice"]) all.delete(name);
    for (const [name, chosen] of text.value ? given : []) {
      all.append("speaker", name);
      all.append("speaker_voice", chosen);
    }
    return all;
  }

  async function list() {
    listed = summary.textContent;
    remember();
    const turn = (asked += 1);
    try {
      const answer = await send(fold.dataset.speakersUrl, fields());
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== asked) return;
      remember(); // what was chosen while the answer was on its way
      holder.replaceChildren(...page.body.childNodes);
      recall();
      tellOfSuggestions();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tell(error.message, true);
    }
  }

  function offer(speakers) {
    summary.textContent = speakers.join(", ");
    if (summary.textContent !== listed && (fold.open || holder.querySelector("[name=speaker]")))
      list();
  }

  holder.addEventListener("change", remember);
  voice.addEventListener("change", () => holder.querySelector("[name=speaker]") && list());
  fold.addEventListener("toggle", () => fold.open && summary.textContent !== listed && list());
  form.addEventListener("studio:quoted", (event) => offer(event.detail.speakers));
  return { forget: () => offer([]) };
}
