// <endless-list>: the link to the next page of a list is followed as it comes near.
import { Away, fetchPage } from "./page.js";
import { say } from "./toast.js";

const NEAR = "800px";

class EndlessList extends HTMLElement {
  #watch = null;
  #isLoading = false;

  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#load();
    });
    this.#watch = new IntersectionObserver(
      (seen) => seen.some((entry) => entry.isIntersecting) && this.#load(),
      { rootMargin: NEAR },
    );
    this.#watch.observe(this);
  }

  disconnectedCallback() {
    this.#watch.disconnect();
  }

  async #load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.setAttribute("aria-busy", "true");
    try {
      const page = await fetchPage(this.querySelector("a").href);
      if (this.isConnected) this.#append(page.querySelector("[data-found]"));
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      // The link stays: a click tries again.
      this.#watch.disconnect();
      say(error.message, { isBad: true });
    } finally {
      this.#isLoading = false;
      this.removeAttribute("aria-busy");
    }
  }

  // A day that began on the page before goes on in its list.
  #append(found) {
    const lists = this.parentElement.querySelectorAll("ol.rows");
    const days = this.parentElement.querySelectorAll(".day");
    const last = days.length ? days[days.length - 1].textContent : "";
    let into = null;
    for (const part of [...found.children]) {
      const isSameDay = part.matches(".day") && part.textContent === last;
      if (isSameDay || (part.matches("ol.rows") && !days.length)) into = lists[lists.length - 1];
      if (isSameDay) continue;
      if (into && part.matches("ol.rows")) into.append(...part.children);
      else this.before(part);
      if (part.matches("ol.rows")) into = null;
    }
    this.remove();
    document.dispatchEvent(new CustomEvent("library:changed"));
  }
}

customElements.define("endless-list", EndlessList);
