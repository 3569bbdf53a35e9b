// <voice-offer>: the studio's offer of a natural voice: installed with one press, its progress shown,
// then chosen, all without leaving the page. What is written there stays. The language of the text
// decides which voice it is, once that is known.
import { rest } from "../lib/poll.js";
import { Refused, send } from "../lib/form_post.js";

const EVERY_MS = 1500;

class VoiceOffer extends HTMLElement {
  #leaving = null;
  #textLanguage = "";

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.addEventListener("submit", (event) => this.#answer(event), { signal });
    if (this.dataset.url)
      document.addEventListener("studio:quoted", ({ detail }) => this.#hear(detail), { signal });
    this.#follow(signal);
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  get #isRunning() {
    return this.dataset.state === "running";
  }

  async #answer(event) {
    event.preventDefault();
    const form = event.target;
    const button = event.submitter;
    const wasRunning = this.#isRunning;
    if (this.hasAttribute("aria-busy")) return;
    this.setAttribute("aria-busy", "true");
    if (button.dataset.busy) this.#tell(button.dataset.busy);
    try {
      await send(form.getAttribute("action"), {
        action: button.value,
        language: form.elements.language.value,
      });
      if (button.value === "use") choose(button.dataset);
      await this.#look();
      if (!wasRunning) this.#follow(this.#leaving.signal);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#tell(error.message);
    } finally {
      this.removeAttribute("aria-busy");
    }
  }

  async #hear({ language }) {
    if (!language || language === this.#textLanguage) return;
    const wasRunning = this.#isRunning;
    this.#textLanguage = language;
    await this.#look();
    if (!wasRunning) this.#follow(this.#leaving.signal);
  }

  async #follow(signal) {
    while (this.#isRunning) {
      await rest(EVERY_MS, signal);
      if (signal.aborted) return;
      await this.#look();
    }
  }

  // While the state is the same only the bar moves, so that nothing is read out again and again.
  async #look() {
    const language = this.#textLanguage;
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("language", language);
    const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || language !== this.#textLanguage) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("voice-offer");
    const isSame = languageOf(fresh) === languageOf(this);
    if (isSame && this.#isRunning && fresh.dataset.state === "running") {
      this.querySelector("progress").value = fresh.querySelector("progress").value;
      return;
    }
    const hadFocus = this.contains(document.activeElement);
    this.dataset.state = fresh.dataset.state;
    this.hidden = fresh.hidden;
    this.replaceChildren(...fresh.childNodes);
    if (hadFocus) (this.querySelector("button") ?? document.querySelector("#main")).focus();
  }

  #tell(sentence) {
    this.querySelector("[role=status]").textContent = sentence;
  }
}

function languageOf(offer) {
  return offer.querySelector("[name=language]")?.value;
}

// The new voice joins the list that the page came with.
function choose({ voice, name }) {
  const select = document.querySelector("voice-picker select");
  const known = [...select.options].some((option) => option.value === voice);
  if (!known) select.add(new Option(name, voice));
  select.value = voice;
  for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
}

customElements.define("voice-offer", VoiceOffer);
