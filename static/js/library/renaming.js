// A name is changed where it stands: Enter keeps it, Escape leaves the old one.
import { texts } from "../lib/texts.js";
import { send } from "../lib/form_post.js";
import { attempt } from "./file_actions.js";
import { say } from "./toast.js";

export function rename(row) {
  const link = row.querySelector("a.name");
  const field = document.createElement("input");
  field.className = "name renaming";
  field.maxLength = 200;
  field.value = link.textContent;
  field.setAttribute("aria-label", texts("library-texts").name);
  row.draggable = false;
  link.hidden = true;
  link.before(field);
  field.select();
  field.focus();
  let isOver = false;

  function end() {
    isOver = true;
    field.remove();
    link.hidden = false;
    row.draggable = true;
    link.focus();
  }

  async function keep() {
    const name = field.value.trim();
    if (isOver) return;
    isOver = true;
    if (!name || name === link.textContent) return end();
    const answer = await attempt(() =>
      send(`/files/${row.dataset.file}/rename`, { name, name_was: link.textContent }),
    );
    if (answer) {
      const file = await answer.json();
      show(row, link, file.name);
      say(texts("library-texts").renamed);
    }
    end();
  }

  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") keep();
    else if (event.key === "Escape") end();
  });
  field.addEventListener("blur", keep);
}

function show(row, link, name) {
  link.textContent = name;
  for (const trigger of row.querySelectorAll("[data-play]"))
    trigger.dataset.play = JSON.stringify({ ...JSON.parse(trigger.dataset.play), name });
}
