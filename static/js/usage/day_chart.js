// Draws the rows of its table as bars, one chart for characters and one for cost; the table stays
// for whoever would rather read it.
import uPlot from "../../vendor/uplot.js";

const HEIGHT = { characters: 168, cost: 96 };
const dark = matchMedia("(prefers-color-scheme: dark)");

class DayChart extends HTMLElement {
  #charts = [];
  #width = 0;
  #watching = new AbortController();
  #resize = new ResizeObserver(() => this.#fit());
  #theme = new MutationObserver(() => this.#draw());

  connectedCallback() {
    const { signal } = (this.#watching = new AbortController());
    this.#resize.observe(this);
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    dark.addEventListener("change", () => this.#draw(), { signal });
    this.#toggle.addEventListener("click", () => this.#turn(), { signal });
    this.#draw();
  }

  disconnectedCallback() {
    this.#watching.abort();
    this.#resize.disconnect();
    this.#theme.disconnect();
    this.#drop();
  }

  get #toggle() {
    return this.querySelector("[data-as-table]");
  }

  #turn() {
    const isTable = this.classList.toggle("is-table");
    this.#toggle.setAttribute("aria-pressed", isTable);
  }

  #rows() {
    return new Map(
      [...this.querySelectorAll("tr[data-day]")].map((row) => [+row.dataset.day, row]),
    );
  }

  #fit() {
    if (this.clientWidth === this.#width) return;
    this.#width = this.clientWidth;
    for (const chart of this.#charts) chart.setSize({ width: this.#width, height: chart.height });
  }

  #drop() {
    for (const chart of this.#charts) chart.destroy();
    this.#charts = [];
  }

  #draw() {
    this.#drop();
    this.#width = this.clientWidth;
    const rows = this.#rows();
    for (const place of this.querySelectorAll("[data-column]")) {
      this.#charts.push(this.#chart(place, place.dataset.column, rows));
    }
  }

  #chart(place, column, rows) {
    const days = Array.from({ length: +this.dataset.days }, (_, index) => index + 1);
    const values = days.map((day) => +(rows.get(day)?.dataset[column] ?? 0));
    const { fontFamily } = getComputedStyle(this);
    const colour = (name) => this.#colour(place, name);
    const soft = {
      stroke: colour("--ink-soft"),
      font: `13px ${fontFamily}`,
      ticks: { show: false },
    };
    const options = {
      width: this.#width,
      height: HEIGHT[column],
      padding: [8, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: false, range: [0.4, days.length + 0.6] },
        y: { range: (_, __, top) => [0, top || 1] },
      },
      axes: [
        {
          ...soft,
          size: 26,
          gap: 6,
          grid: { show: false },
          splits: () => days.filter((day) => day % 7 === 1),
        },
        {
          ...soft,
          size: 64,
          gap: 8,
          space: 56,
          grid: { stroke: colour("--line"), width: 1 },
          values: (_, ticks) => ticks.map((tick) => this.#short(tick, column)),
        },
      ],
      series: [
        {},
        {
          fill: colour(column === "cost" ? "--line-strong" : "--lamp"),
          paths: uPlot.paths.bars({ size: [0.66, 22] }),
          points: { show: false },
        },
      ],
      hooks: { setCursor: [(chart) => this.#tell(rows.get(days[chart.cursor.idx]))] },
    };
    return new uPlot(options, [days, values], place);
  }

  // A token may be light-dark(…), which a canvas cannot read.
  #colour(place, name) {
    place.style.color = `var(${name})`;
    const { color } = getComputedStyle(place);
    place.style.color = "";
    return color;
  }

  #short(value, column) {
    const money = {
      style: "currency",
      currency: "USD",
      maximumFractionDigits: 4,
      minimumFractionDigits: 0,
    };
    const format = column === "cost" ? money : { notation: "compact" };
    return new Intl.NumberFormat(document.documentElement.lang, format).format(value);
  }

  #tell(row) {
    const cells = row ? [...row.cells].filter((cell) => !cell.matches(".bar-column")) : [];
    this.querySelector("[data-day-told]").textContent = cells
      .map((cell) => cell.dataset.told || cell.textContent.trim())
      .join(" · ");
  }
}

customElements.define("day-chart", DayChart);
