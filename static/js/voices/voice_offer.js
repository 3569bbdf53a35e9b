// <voice-offer>: the studio's offer of a natural voice: installed with one press, its progress shown,
// then chosen, all without leaving the page. What is written there stays. The language of the text
// decides which voice it is, once that is known.
import { rest } from "../lib/poll.js";
import { selectOption } from "../lib/select.js";
import { Refused, send } from "../lib/form_post.js";

const EVERY_MS = 1500;

class VoiceOffer extends HTMLElement {
  #leaving = null;
  #textLanguage = "";
  #isFollowing = false;

  connectedCallback() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.addEventListener("submit", (event) => this.#answer(event), { signal });
    if (this.dataset.url)
      document.addEventListener("studio:quoted", ({ detail }) => this.#hear(detail), { signal });
    this.#follow();
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
    if (this.hasAttribute("aria-busy")) return;
    this.setAttribute("aria-busy", "true");
    if (button.dataset.busy) this.#tell(button.dataset.busy);
    try {
      await send(form.getAttribute("action"), {
        action: button.value,
        language: form.elements.language.value,
      });
      if (button.value === "use") speakWith(button.dataset);
      await this.#look();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#tell(error.message);
    } finally {
      this.removeAttribute("aria-busy");
    }
    this.#follow();
  }

  // What was pressed is answered first; the next quote tells the language again.
  async #hear({ language }) {
    if (!language || language === this.#textLanguage || this.hasAttribute("aria-busy")) return;
    this.#textLanguage = language;
    const isAnswered = await this.#look();
    if (!isAnswered && language === this.#textLanguage) this.#textLanguage = "";
    this.#follow();
  }

  async #follow() {
    const { signal } = this.#leaving;
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    while (this.#isRunning && !signal.aborted) {
      await rest(EVERY_MS, signal);
      if (!signal.aborted) await this.#look();
    }
    this.#isFollowing = false;
  }

  // While all is the same only the bar moves, so that nothing is read out again and again.
  // Returns whether an answer came.
  async #look() {
    const language = this.#textLanguage;
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("language", language);
    const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (language !== this.#textLanguage) return true;
    const fresh = page.querySelector("voice-offer");
    if (isSame(fresh, this)) {
      const bar = this.querySelector("progress");
      if (bar) bar.value = fresh.querySelector("progress").value;
      return true;
    }
    const hadFocus = this.contains(document.activeElement);
    this.dataset.state = fresh.dataset.state;
    this.hidden = fresh.hidden;
    this.replaceChildren(...fresh.childNodes);
    if (hadFocus) (this.querySelector("button") ?? document.querySelector("#main")).focus();
    return true;
  }

  #tell(sentence) {
    this.querySelector("[role=status]").textContent = sentence;
  }
}

function isSame(...offers) {
  const [one, other] = offers.map((offer) => [
    offer.dataset.state,
    offer.querySelector("[name=language]")?.value,
    offer.querySelector("[role=status]")?.textContent,
  ]);
  return one.every((part, index) => part === other[index]);
}

// The new voice joins the list that the page came with.
function speakWith({ voice, name }) {
  const select = document.querySelector("voice-picker select");
  selectOption(select, voice, name);
  for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
}

customElements.define("voice-offer", VoiceOffer);
