// Files and addresses on their way in: each in a line of its own, one trouble apart from the rest.
import { rest } from "../lib/poll.js";
import { fill, texts as textsOf } from "../lib/texts.js";

const AT_ONCE = 2; // so that pages and sound get through meanwhile
const EVERY_MS = 1500; // between two looks at what waits in line
const TRIES = 4; // where the server is busy and says when to come again

// `list` shows the lines; when all are through, the one that was read opens, or all are shown.
export function importer({ list, importUrl, shelfUrl, mostMegabytes = Infinity }) {
  const texts = textsOf("import-texts");

  async function take(files, url = "") {
    list.replaceChildren();
    list.hidden = false;
    const waiting = [...files].map((file) => [show(file.name), { file }]);
    if (url) waiting.push([show(url), { url }]);
    const number = waiting.length;
    const read = [];
    const work = async () => {
      while (waiting.length) {
        const made = await one(...waiting.shift());
        if (made) read.push(made);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (read.length < number || !list.isConnected) return;
    visit(read.length === 1 ? read[0].url : shelfUrl);
  }

  async function one(line, fields) {
    if (fields.file?.size > mostMegabytes * 1e6) {
      line.end(fill(texts.too_large, { n: mostMegabytes }));
      return null;
    }
    const onSent = (percent) =>
      line.tell(percent < 100 ? fill(texts.sending, { percent }) : texts.reading);
    let { status, answer, againInS } = await send(importUrl, fields, onSent);
    for (let tries = 1; againInS && tries < TRIES && list.isConnected; tries += 1) {
      await new Promise((later) => setTimeout(later, againInS * 1000));
      ({ status, answer, againInS } = await send(importUrl, fields, onSent));
    }
    if (status !== 201 && status !== 202) {
      line.end(answer.error ?? texts.away);
      return null;
    }
    const made = answer.documents[0] ?? (await inLine(line, answer.imports[0]));
    if (made) line.link(made.url, texts.look);
    return made;
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
      if (answer?.status === 404) return null;
      if (answer?.ok) waiting = await answer.json();
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

export function hasFiles(event) {
  return Boolean(event.dataTransfer?.types.includes("Files"));
}
