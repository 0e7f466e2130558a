// The chart above the tables of /trends. The page works without it: the tables have it all.
import { optionOf, tipOf, told, toldExpected, valuesOf } from "./trends-chart.js";
import { handsOn } from "./trends-hands.js";
import { moment, word } from "./trends-words.js";

const NEAR = 24; // pixels from a point that count as on it
const ADDING = "#filters [data-add]";
let drawn = null;

async function json(address) {
  if (!address) return null;
  const reply = await fetch(address, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.json();
}

class Trend {
  constructor(plot, view, expected) {
    Object.assign(this, { plot, view, expected, at: 0, on: 0 });
    this.shares = plot.dataset.show === "shares";
    this.period = plot.dataset.period;
    this.buttons = [...document.querySelectorAll("#legend button")];
    plot.hidden = false;
    for (const id of ["legend", "chart-help", "png"]) document.getElementById(id).hidden = false;
    this.chart = echarts.init(plot, null, { renderer: "canvas" });
    this.draw();
    handsOn(plot, this.chart, view.buckets.length, this);
  }

  get lines() {
    const pressed = this.buttons.filter((button) => button.getAttribute("aria-pressed") === "true");
    return pressed.map((button) => {
      const place = this.view.groups.findIndex((group) => group.key === button.dataset.key);
      return { place, button, group: this.view.groups[place] };
    }).filter((line) => line.group);
  }

  draw() {
    const { lines, view, expected, shares, period, on } = this;
    const tip = (k) => tipOf(view, expected, this.lines, period, k);
    this.chart.setOption(optionOf(view, expected, lines, { shares, period, tip, on }), { notMerge: true });
  }

  walk(at, turn) {
    this.at = at;
    const before = this.on, count = Math.max(1, this.lines.length);
    this.on = (this.on + turn + count) % count;
    if (this.shares && this.on !== before) this.draw();
    this.say();
    this.chart.dispatchAction({ type: "showTip", x: this.chart.convertToPixel({ xAxisIndex: 0 }, at), y: 40 });
  }

  say() {
    const readout = document.getElementById("readout"), line = this.lines[this.on];
    readout.hidden = false;
    const what = line ? told(line.group, this.at) : `${this.view.total[this.at]} ${word("tickets")}`;
    const parts = [moment(this.view.buckets[this.at], this.period), what];
    if (this.plot.dataset.key === line?.group.key) parts.push(toldExpected(this.expected, this.at));
    readout.textContent = `${parts.filter(Boolean).join(" · ")} `;
    const link = document.createElement("a");
    Object.assign(link, { href: this.address(), textContent: word("open") });
    readout.append(link);
  }

  // When a bucket begins; the first and the last one end with the window.
  start(at) {
    const { buckets, from, to } = this.view;
    return at === 0 ? from : buckets[at] ?? to;
  }

  // Where the tickets of the cursor are listed.
  address() {
    const address = new URL(this.plot.dataset.inbox, location.href), by = this.plot.dataset.by;
    const key = this.lines[this.on]?.group.key;
    address.searchParams.set("since", this.start(this.at));
    address.searchParams.set("until", this.start(this.at + 1));
    if (by !== "none" && key && key !== "other_groups") address.searchParams.append(`also_${by}`, key);
    return address.href;
  }

  open() {
    location.assign(this.address());
  }

  tap(at, y, x, touch) {
    const far = (line) => {
      const value = valuesOf(this.view, line.group, this.shares)[at];
      if (value === null) return Infinity;
      const [px, py] = this.chart.convertToPixel({ gridIndex: 0 }, [at, value]);
      return Math.hypot(px - x, py - y);
    };
    const gaps = this.lines.map(far), best = gaps.indexOf(Math.min(...gaps));
    this.on = Math.max(0, best);
    this.walk(at, 0);
    if (!touch && gaps[best] <= NEAR) this.open();
  }

  zoom(first, last) {
    const form = document.getElementById("filters");
    const finer = first === last ? { week: "day", day: "hour" }[this.period] : undefined;
    const period = finer ?? this.period, length = period === "hour" ? 16 : 10;
    form.elements.period.value = period;
    for (const [name, at] of [["from", this.start(first)], ["to", this.start(last + 1)]]) {
      form.elements[name].type = length > 10 ? "datetime-local" : "date";
      form.elements[name].value = at.slice(0, length);
    }
    form.requestSubmit();
  }

  picture() {
    const ground = getComputedStyle(document.documentElement).getPropertyValue("--card").trim();
    const link = document.createElement("a");
    link.href = this.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: ground });
    link.download = "trends.png";
    link.click();
  }
}

function complain() {
  const readout = document.getElementById("readout");
  readout.hidden = false;
  readout.textContent = word("failed");
}

async function begin() {
  drawn?.chart.dispose();
  drawn = null;
  const plot = document.getElementById("plot");
  if (!plot) return;
  const views = await Promise.all([json(plot.dataset.counts), json(plot.dataset.expected)]).catch(() => null);
  if (!plot.isConnected) return;
  if (views) drawn = new Trend(plot, ...views);
  else complain();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#legend button, #png");
  if (!button || !drawn) return;
  if (button.id === "png") return drawn.picture();
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
  drawn.draw();
});
// Keep blanks, and what stands twice, out of the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "filters") return;
  const given = event.detail.parameters;
  for (const name of new Set(given.keys())) {
    const values = [...new Set(given.getAll(name).filter(Boolean))];
    given.delete(name);
    values.forEach((value) => given.append(name, value));
  }
});
document.addEventListener("htmx:afterSwap", () => {
  document.querySelectorAll(ADDING).forEach((field) => { field.value = ""; });
  begin();
});
for (const query of ["(prefers-color-scheme: dark)", "print"]) {
  matchMedia(query).addEventListener("change", () => drawn?.draw());
}
addEventListener("resize", () => drawn?.chart.resize());
htmx.config.refreshOnHistoryMiss = true;
htmx.config.attributesToSettle = ["class"]; // no style: the policy lets no attribute of that name in
begin();
