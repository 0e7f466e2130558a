// The chart of a view: what ECharts draws, from the JSON of the service and the colours of the page.
import { either, moment, number, percent, word } from "./trends-words.js";

const FEW = 2; // bands that can be told apart
const DASHES = ["solid", "dashed", "dotted"], SIGNS = ["circle", "rect", "triangle", "diamond", "roundRect"];

function colour(name, from = document.documentElement) {
  return getComputedStyle(from).getPropertyValue(name).trim();
}

// In which bucket a moment lies; -1 before the first.
export function bucketOf(view, iso) {
  const at = Date.parse(iso);
  if (at >= Date.parse(view.to)) return view.buckets.length;
  return view.buckets.findLastIndex((start) => Date.parse(start) <= at);
}

// Where a moment lies on the axis of the marks: a bucket reaches half a place to either side.
function placeOf(view, iso) {
  const k = bucketOf(view, iso);
  if (k < 0) return -0.5;
  if (k === view.buckets.length) return k - 0.5;
  const [start, end] = [view.buckets[k], view.buckets[k + 1] ?? view.to].map(Date.parse);
  return k - 0.5 + Math.min(1, (Date.parse(iso) - start) / (end - start));
}

export function valuesOf(view, group, shares) {
  return shares ? group.shares : group.counts;
}

function band(name, low, high, tint) {
  const common = { type: "line", stack: name, stackStrategy: "all", silent: true, symbol: "none", lineStyle: { opacity: 0 }, emphasis: { disabled: true }, animation: false };
  const width = high.map((top, k) => (top === null || low[k] === null ? null : top - low[k]));
  return [{ ...common, data: low }, { ...common, data: width, areaStyle: { color: tint, opacity: 0.16 } }];
}

function line(group, place, shares, view, button) {
  const tint = colour("--colour", button);
  return {
    id: group.key, name: either(group), type: "line", data: valuesOf(view, group, shares), color: tint, symbol: SIGNS[place % SIGNS.length], symbolSize: 6,
    showSymbol: view.buckets.length <= 120, lineStyle: { width: 2, type: DASHES[Math.floor(place / SIGNS.length) % DASHES.length] }, emphasis: { focus: "series" }, animation: false,
  };
}

function breaks(view) {
  const inside = ({ at }) => at > -0.5 && at < view.buckets.length - 0.5;
  const marks = view.breaks.map((one) => ({ at: placeOf(view, one.at), one })).filter(inside);
  return {
    symbol: "none", silent: true, animation: false, lineStyle: { color: colour("--ink"), type: "dashed", width: 1 },
    label: { color: colour("--ink"), formatter: ({ name }) => name, position: "insideEndTop", rotate: 90, distance: [4, 4], fontSize: 11 },
    data: marks.map(({ at, one }) => ({ xAxis: at, name: `${one.name_before || one.before.slice(0, 8)} → ${one.name_after || one.after.slice(0, 8)}` })),
  };
}

// Neighbouring days of one name are one stretch. Over a long time only the days themselves are
// shown, one name a place: what leads up to them would cover the year.
function stretches(view) {
  const found = [], long = (Date.parse(view.to) - Date.parse(view.from)) / 864e5 > 100;
  for (const day of view.days) {
    if (day.kind === "workday" || (long && day.kind === "promotion" && day.window !== "day")) continue;
    const at = bucketOf(view, `${day.day}T12:00:00${view.buckets[0].slice(19)}`), last = found.at(-1);
    if (at < 0 || at >= view.buckets.length) continue;
    if (last && last.zh === day.zh && at - last.end <= 1) last.end = at;
    else if (long && last && at <= last.end + view.buckets.length / 60) continue;
    else found.push({ ...day, start: at, end: at });
  }
  return found;
}

// Long stretches are paler, and their names lie.
function area(one, count) {
  const wide = (one.end - one.start + 1) / count > 0.1;
  const label = wide ? { position: "insideTop", rotate: 0 } : { position: "insideTopRight", rotate: 90, align: "right", verticalAlign: "top", distance: 4 };
  const tint = one.kind === "promotion" ? colour("--warn") : colour("--soft");
  return [
    { name: either(one), xAxis: one.start - 0.5, itemStyle: { color: tint, opacity: wide ? 0.05 : 0.12 }, label: { ...label, color: colour("--soft"), fontSize: 11 } },
    { xAxis: one.end + 0.5 },
  ];
}

function shade(view) {
  const count = view.buckets.length;
  const overlaps = view.breaks.filter((one) => one.overlap).map((one) => [
    { xAxis: placeOf(view, one.overlap.since), itemStyle: { color: colour("--accent"), opacity: 0.1 } }, { xAxis: placeOf(view, one.at) },
  ]);
  return { silent: true, animation: false, data: [...stretches(view).map((one) => area(one, count)), ...overlaps] };
}

// On an axis of their own that knows places between two buckets.
function marks(view) {
  return { id: "marks", type: "line", xAxisIndex: 1, data: [], markLine: breaks(view), markArea: shade(view), silent: true, tooltip: { show: false } };
}

function expectation(expected) {
  const ink = colour("--soft"), dots = expected.n.map((n, k) => (expected.unusual[k] ? n : null));
  return [
    ...band("expected", expected.low, expected.high, ink),
    { type: "line", data: expected.expected, symbol: "none", color: ink, lineStyle: { type: "dashed", width: 1.5 }, silent: true, animation: false },
    { type: "line", data: dots, symbol: "diamond", symbolSize: 14, showAllSymbol: true, color: colour("--urgency"), lineStyle: { opacity: 0 }, silent: true, animation: false, z: 5 },
  ];
}

function axes(view, period, shares) {
  const text = { color: colour("--soft") }, rule = { lineStyle: { color: colour("--line") } };
  return {
    xAxis: [
      { type: "category", data: view.buckets.map((at) => moment(at, period)), boundaryGap: true, axisLabel: { ...text, hideOverlap: true }, axisLine: rule, axisTick: { show: false } },
      { type: "value", min: -0.5, max: view.buckets.length - 0.5, show: false, axisPointer: { show: false } },
    ],
    yAxis: { type: "value", min: 0, axisLine: { show: false }, axisTick: { show: false }, minInterval: shares ? 0 : 1, axisLabel: { ...text, formatter: shares ? (v) => percent(v) : (v) => number(v) }, splitLine: rule },
  };
}

// `lines`: [{group, place, button}] that are shown.
// `on`: the one that the cursor is on; of many lines only it has its interval.
export function optionOf(view, expected, lines, { shares, period, tip, on }) {
  const few = lines.length <= FEW;
  const drawn = lines.flatMap(({ group, place, button }, k) => [
    line(group, place, shares, view, button),
    ...(shares && (few || k === on) ? band(`band-${group.key}`, group.low, group.high, colour("--colour", button)) : []),
  ]);
  return {
    animation: false, aria: { enabled: false }, textStyle: { fontFamily: "inherit" }, grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    ...axes(view, period, shares),
    tooltip: { trigger: "axis", confine: true, className: "tip", formatter: (found) => tip(found[0]?.dataIndex ?? 0), axisPointer: { lineStyle: { color: colour("--soft") } }, backgroundColor: colour("--card"), borderColor: colour("--line"), textStyle: { color: colour("--ink") } },
    series: [marks(view), ...drawn, ...(expected && !shares ? expectation(expected) : [])],
  };
}

function row(text, tint) {
  const found = document.createElement("div");
  if (tint) found.style.setProperty("--colour", tint);
  found.className = tint ? "of" : "";
  found.textContent = text;
  return found;
}

export function told(group, k) {
  const interval = group.low[k] === null ? "" : ` [${percent(group.low[k])} – ${percent(group.high[k])}]`;
  return `${either(group)} ${group.counts[k]} · ${percent(group.shares[k])}${interval}`;
}

export function toldExpected(expected, k) {
  if (!expected || expected.expected[k] === null) return "";
  return `${word("expected")} ${number(expected.expected[k])} [${number(expected.low[k])} – ${number(expected.high[k])}]${expected.unusual[k] ? ` · ${word("unusual")}` : ""}`;
}

function named(view, label) {
  return either(view.groups.find((group) => group.key === label) ?? { key: label });
}

export function tipOf(view, expected, lines, period, k) {
  const box = document.createElement("div");
  box.append(row(`${moment(view.buckets[k], period)} · ${view.total[k]} ${word("tickets")}`));
  for (const { group, button } of lines) box.append(row(told(group, k), colour("--colour", button)));
  const prediction = toldExpected(expected, k);
  if (prediction) box.append(row(prediction));
  for (const one of view.breaks.filter((mark) => bucketOf(view, mark.at) === k)) {
    const ratios = Object.entries(one.ratios).filter(([, { ratio }]) => ratio !== null).map(([label, { ratio }]) => `${named(view, label)} ×${ratio.toFixed(2)}`);
    box.append(row(`${word("model")} ${one.name_before} → ${one.name_after} ${ratios.join(", ")}`));
  }
  return box;
}
