// <backup-task>: looks how far a backup, check or restore is, and goes on to its page when that ends.
import { rest } from "../lib/poll.js";

const EVERY_MS = 2000;

class BackupTask extends HTMLElement {
  #left = new AbortController();

  connectedCallback() {
    this.#left = new AbortController();
    this.#follow(this.#left.signal);
  }

  disconnectedCallback() {
    this.#left.abort();
  }

  async #follow(signal) {
    while (!signal.aborted && (await this.#isUnderWay())) await rest(EVERY_MS, signal);
    if (!signal.aborted) location.assign(this.dataset.then);
  }

  // A server that is away comes back; one that asks for a log-in has been restored.
  async #isUnderWay() {
    try {
      const answer = await fetch(this.dataset.source, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return false;
      if (!answer.ok) return true;
      const { task } = await answer.json();
      return task.state === "waiting" || task.state === "running";
    } catch {
      return true;
    }
  }
}

customElements.define("backup-task", BackupTask);
