// Files and addresses on their way in: each in a line of its own, one trouble apart from the rest.
import { rest } from "../lib/poll.js";
import { fill, texts as textsOf } from "../lib/texts.js";

const AT_ONCE = 2; // so that pages and sound get through meanwhile
const EVERY_MS = 1500; // between two looks at what waits in line
const TRIES = 4; // where the server is busy and says when to come again

// `list` shows the lines; when all are through, the one that was read opens, or all are shown. What
// waits to be read by the worker keeps nobody from sending the next file. Who writes meanwhile
// (`isBusy`) is not led away.
export function importer({ list, importUrl, shelfUrl, mostMegabytes = Infinity, isBusy }) {
  const texts = textsOf("import-texts");
  const unsent = [];
  let senders = 0;
  let going = 0; // lines that are not through yet
  let made = []; // a document for each line that is, or null

  function take(files, url = "") {
    if (!going) {
      list.replaceChildren();
      made = [];
    }
    list.hidden = false;
    for (const file of files) add(file.name, { file });
    if (url) add(url, { url });
    while (senders < AT_ONCE && unsent.length) sendRest();
  }

  function add(name, fields) {
    going += 1;
    unsent.push([show(name), fields]);
  }

  async function sendRest() {
    if (!senders) addEventListener("beforeunload", warn);
    senders += 1;
    while (unsent.length) {
      const [line, fields] = unsent.shift();
      const answer = await sent(line, fields);
      if (answer) follow(line, answer);
      else end(null);
    }
    senders -= 1;
    if (!senders) removeEventListener("beforeunload", warn);
  }

  async function follow(line, { documents, imports }) {
    const document = documents[0] ?? (await inLine(line, imports[0]));
    if (document) line.link(document.url, texts.look);
    end(document);
  }

  function end(document) {
    going -= 1;
    made.push(document);
    if (going || !list.isConnected || made.includes(null) || isBusy?.()) return;
    visit(made.length === 1 ? document.url : shelfUrl);
  }

  // What the server answers to one file or address; null where it refuses it.
  async function sent(line, fields) {
    if (fields.file?.size > mostMegabytes * 1e6) {
      line.end(fill(texts.too_large, { n: mostMegabytes }));
      return null;
    }
    const onSent = (percent) =>
      line.tell(percent < 100 ? fill(texts.sending, { percent }) : texts.reading);
    let { status, answer, againInS } = await send(importUrl, fields, onSent);
    for (let tries = 1; againInS && tries < TRIES; tries += 1) {
      await new Promise((later) => setTimeout(later, againInS * 1000));
      ({ status, answer, againInS } = await send(importUrl, fields, onSent));
    }
    if (status === 201 || status === 202) return answer;
    line.end(answer.error ?? texts.away);
    return null;
  }

  // Tell the place in line, and how far it is, until the document is there or could not be read.
  async function inLine(line, waiting) {
    while (!waiting.document_url) {
      if (waiting.error) {
        line.end(waiting.error);
        return null;
      }
      line.tell(waiting.state);
      await rest(EVERY_MS);
      if (!list.isConnected) return null;
      const headers = { Accept: "application/json" };
      const answer = await fetch(waiting.url, { headers }).catch(() => null);
      if (answer?.ok) waiting = await answer.json();
      else if (answer?.status === 404) waiting.error = texts.cancelled;
      else if (answer?.status === 401) waiting.error = (await answer.json()).error;
    }
    return { url: waiting.document_url };
  }

  function show(name) {
    const row = document.createElement("li");
    row.className = "dropped-file";
    const label = document.createElement("span");
    label.className = "name";
    label.textContent = name;
    const state = document.createElement("span");
    state.className = "soft";
    state.textContent = texts.waiting;
    row.append(label, " ", state);
    list.append(row);
    return {
      tell: (text) => (state.textContent = text),
      end: (text) => {
        state.className = "bad";
        state.textContent = text;
      },
      link: (address, text) => {
        const made = document.createElement("a");
        made.href = address;
        made.textContent = text;
        state.replaceChildren(made);
      },
    };
  }

  return { take };
}

// As `fetch` tells nothing of what is sent so far, the older way.
function send(address, fields, onSent) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return new Promise((ended) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader(
      "X-CSRF-Token",
      document.querySelector('meta[name="csrf-token"]').content,
    );
    request.upload.addEventListener("progress", (event) =>
      onSent(Math.floor((100 * event.loaded) / event.total)),
    );
    request.upload.addEventListener("load", () => onSent(100));
    request.addEventListener("loadend", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // It came from no server of ours, or none answered.
      }
      const isBusy = request.status === 429 || request.status === 503;
      ended({
        status: request.status,
        answer,
        againInS: isBusy ? Number(request.getResponseHeader("Retry-After")) : 0,
      });
    });
    request.send(body);
  });
}

function visit(address) {
  if (window.Turbo) window.Turbo.visit(address);
  else location.assign(address);
}

// A page that is left takes what is not sent yet with it.
function warn(event) {
  event.preventDefault();
}

export function hasFiles(event) {
  return Boolean(event.dataTransfer?.types.includes("Files"));
}
