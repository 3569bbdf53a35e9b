// <download-menu>: formats are made while the page stays; each download begins when it is ready.
import { comeBack } from "../lib/poll.js";
import { Refused, send } from "../lib/form_post.js";
import { fill } from "../lib/texts.js";

const LOOK_AGAIN_MS = 400;
const AS_RECORDED = "as-spoken";

class DownloadMenu extends HTMLElement {
  #form;
  #told;
  #texts;
  #timers = new Map();

  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#told = this.querySelector("[data-told]");
    this.#texts = JSON.parse(this.querySelector("[data-texts]").textContent);
    this.#form.addEventListener("submit", this.#submit);
    this.addEventListener("click", this.#stop);
    for (const row of this.querySelectorAll('[data-state="queued"], [data-state="working"]'))
      this.#watch(row, false);
  }

  disconnectedCallback() {
    this.#form.removeEventListener("submit", this.#submit);
    this.removeEventListener("click", this.#stop);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #submit = async (event) => {
    event.preventDefault();
    const row = event.submitter?.closest("[data-format]");
    if (!row || ["queued", "working"].includes(row.dataset.state)) return;
    const fields = Object.fromEntries(new FormData(this.#form));
    // What is wanted as it was recorded is there already.
    if (row.dataset.direct && fields.loudness === AS_RECORDED)
      return this.#fetch(row, row.dataset.direct);
    this.#say("making", row);
    this.#show(row, { status: "queued", progress: 0 });
    try {
      const answer = await send(this.#form.action, { ...fields, format: row.dataset.format });
      const made = await answer.json();
      row.dataset.address = made.url;
      row.dataset.cancel = made.cancel_url;
      this.#take(row, made, true);
    } catch (error) {
      this.#fail(row, error);
    }
  };

  #stop = async (event) => {
    const row = event.target.closest("[data-stop]")?.closest("[data-format]");
    if (!row) return;
    clearTimeout(this.#timers.get(row));
    this.#timers.delete(row);
    row.querySelector(".format-name").focus();
    try {
      await send(`${row.dataset.address}/delete`);
      this.#show(row, { status: "" });
      this.#told.textContent = this.#texts.cancelled;
    } catch (error) {
      this.#fail(row, error);
    }
  };

  #watch(row, isWanted) {
    this.#show(row, { status: row.dataset.state, progress: row.querySelector("progress").value });
    const timer = setTimeout(() => this.#look(row, isWanted), LOOK_AGAIN_MS);
    this.#timers.set(row, timer);
  }

  async #look(row, isWanted) {
    const timer = this.#timers.get(row);
    // One that was asked for on this page begins by itself, wherever its person looks meanwhile.
    if (document.hidden && !isWanted) await comeBack();
    if (!this.isConnected || this.#timers.get(row) !== timer) return;
    try {
      const answer = await fetch(row.dataset.address, { headers: { Accept: "application/json" } });
      // Somebody may have left the page or cancelled meanwhile.
      if (!this.isConnected || this.#timers.get(row) !== timer) return;
      if (answer.ok) this.#take(row, await answer.json(), isWanted);
      else this.#show(row, { status: "" });
    } catch {
      this.#watch(row, isWanted); // the server is away for a moment
    }
  }

  #take(row, made, isWanted) {
    this.#show(row, made);
    if (made.status === "failed") return this.#fail(row, new Refused(made.error));
    if (made.status !== "ready") {
      if (made.waits_for) this.#told.textContent = made.waits_for;
      else if (row.dataset.waited) this.#say("making", row);
      row.dataset.waited = made.waits_for ?? "";
      return this.#watch(row, isWanted);
    }
    if (!isWanted) return;
    const link = this.#fetch(row, made.file_url);
    link.textContent = made.size_text;
    row.querySelector("[data-size]").replaceChildren(link);
  }

  // Begins a download, and returns the link that did.
  #fetch(row, address) {
    this.#say("ready", row);
    const link = Object.assign(document.createElement("a"), { href: address, download: "" });
    link.click();
    return link;
  }

  #show(row, { status, progress = 0 }) {
    const isMade = ["queued", "working"].includes(status);
    const bar = row.querySelector("progress");
    row.dataset.state = status;
    bar.hidden = !isMade;
    bar.value = progress;
    row.querySelector("[data-stop]").hidden = !isMade || !row.dataset.address;
    row.querySelector("[data-size]").hidden = isMade;
  }

  #say(name, row) {
    this.#told.classList.remove("bad");
    this.#told.textContent = fill(this.#texts[name], {
      format: row.querySelector(".format-name").textContent.trim(),
    });
  }

  #fail(row, error) {
    if (!(error instanceof Refused)) throw error;
    this.#show(row, { status: "failed" });
    this.#told.classList.add("bad");
    this.#told.textContent = error.message;
  }
}

customElements.define("download-menu", DownloadMenu);
