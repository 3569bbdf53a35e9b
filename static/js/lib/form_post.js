// How scripts send forms: with the token of the page, JSON back, a sentence when it was refused.
export class Refused extends Error {}

export async function send(address, fields = {}, options = {}) {
  const body = fields instanceof FormData ? fields : encoded(fields);
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      body,
      headers: {
        Accept: "application/json",
        "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
      },
      ...options,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(document.getElementById("away")?.content.textContent.trim());
  }
  if (answer.ok) {
    document.dispatchEvent(new CustomEvent("form:sent", { detail: { address } }));
    return answer;
  }
  const told = await answer.json().catch(() => ({}));
  throw Object.assign(new Refused(told.error ?? answer.statusText), { told });
}

function encoded(fields) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) body.append(name, one);
  return body;
}
