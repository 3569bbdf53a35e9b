// <imports-line>: what waits to be read tells its place, and the page is shown anew once it was.
import { rest } from "../lib/poll.js";

const EVERY_MS = 2000;

class ImportsLine extends HTMLElement {
  #leaving;

  connectedCallback() {
    this.#leaving = new AbortController();
    this.#follow(this.#leaving.signal);
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  async #follow(signal) {
    while (this.querySelector("[data-state].soft")) {
      await rest(EVERY_MS, signal);
      if (signal.aborted) return;
      const headers = { Accept: "application/json" };
      const answer = await fetch(this.dataset.url, { headers, signal }).catch(() => null);
      if (answer?.status === 401) return renew();
      if (answer?.ok && !this.#show((await answer.json()).imports)) return renew();
    }
  }

  // Whether all that the page shows is on its way still.
  #show(imports) {
    const states = new Map(imports.map((each) => [String(each.id), each]));
    return [...this.querySelectorAll("[data-import]")].every((row) => {
      const state = row.querySelector("[data-state]");
      const now = states.get(row.dataset.import);
      if (!now || (now.status === "failed") !== state.classList.contains("bad")) return false;
      state.textContent = now.state;
      return true;
    });
  }
}

function renew() {
  if (window.Turbo) window.Turbo.visit(location.href, { action: "replace" });
  else location.reload();
}

customElements.define("imports-line", ImportsLine);
