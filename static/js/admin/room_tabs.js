// <room-tabs>: where its links are more than fit, the present one is brought into view.
class RoomTabs extends HTMLElement {
  connectedCallback() {
    const present = this.querySelector("[aria-current]");
    if (!present) return;
    const { left, width } = present.getBoundingClientRect();
    const own = this.getBoundingClientRect();
    this.scrollLeft += left + width / 2 - own.left - own.width / 2;
  }
}

customElements.define("room-tabs", RoomTabs);
