// The button that begins: its price, and why it is off where it is.
import { fill } from "../lib/texts.js";
import { money, plural } from "../lib/format.js";

export function generateButton({ form, text, texts }) {
  const button = form.querySelector("[data-speak]");
  const [label, price] = ["label", "price"].map((name) => button.querySelector(`[data-${name}]`));
  const why = form.querySelector("[data-obstacle]");
  const own = label.textContent;
  let characters = text.value.trim().length;
  let obstacle = "";
  let isSending = false;

  function reason() {
    if (!characters) return texts.no_text;
    if (characters > texts.most)
      return fill(texts.too_long, { n: plural(texts.characters, characters) });
    return obstacle;
  }

  function show() {
    const sentence = reason();
    if (why.textContent !== sentence) why.textContent = sentence;
    why.classList.toggle("bad", Boolean(sentence && characters));
    if (sentence || isSending) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    label.textContent = isSending ? texts.starting : own;
    price.hidden = isSending;
  }

  show();
  return {
    isOff: () => button.hasAttribute("aria-disabled"),
    // How many characters there are to speak, and what they cost: undefined where that is open.
    count(number, usd) {
      characters = number;
      price.textContent = number && usd !== undefined && usd !== 0 ? ` · ${money(usd, texts)}` : "";
      show();
    },
    refuse(sentence) {
      obstacle = sentence;
      show();
    },
    send(sending) {
      isSending = sending;
      show();
    },
  };
}
