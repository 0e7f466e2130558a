// What the chart says, in the language of the page; numbers and days as the tables write them.
const ENGLISH = document.documentElement.lang === "en";
const WORDS = {
  expected: ["预期", "expected"], unusual: ["异常", "unusual"], tickets: ["张工单", "tickets"],
  open: ["看这些工单", "Open these tickets"], model: ["换模型", "model"], failed: ["图没有取到，请看下面的表。", "The chart could not be loaded; the tables below have it all."],
};
export const word = (name) => WORDS[name][ENGLISH ? 1 : 0];
export const either = (thing) => (ENGLISH && thing.en) || thing.zh || thing.key;
export const percent = (share) => (share === null || share === undefined ? "—" : `${(100 * share).toFixed(1)}%`);
export const number = (value) => (value === null || value === undefined ? "—" : value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 }));
export const moment = (iso, period) => (period === "hour" ? iso.slice(5, 16).replace("T", " ") : iso.slice(5, 10));
