"use strict";
const $ = (id) => document.getElementById(id);
const WORDS = {
  zh: { given: "已判定", suggested: "待确认", none: "无需复核", ask: "请人工看一眼",
        sentiment: ["", "非常不满", "不满", "中性", "满意", "非常满意"], urgency: ["低", "普通", "高", "紧急"],
        model: "模型", urgencyMark: "紧急", failed: "服务没有应答，请稍后再试。", switchTo: "English", label: "Switch to English" },
  en: { given: "given", suggested: "to confirm", none: "not needed", ask: "a person should look",
        sentiment: ["", "very negative", "negative", "neutral or mixed", "positive", "very positive"], urgency: ["low", "normal", "high", "critical"],
        model: "Model", urgencyMark: "urgency", failed: "The service did not answer; try again in a moment.", switchTo: "中文", label: "切换到中文" },
};
const SAMPLES = [
  ["快递", "Parcel", "等了三天还没发货，打了两次电话都没人接！衣服倒是好看。"],
  ["夸奖", "Praise", "一点也不差，客服退款秒到账，下次还来。"],
  ["急事", "Urgent", "孩子喝了两口说嗓子扎，吐出来一看是玻璃碴，我们在去医院的路上。"],
  ["繁體", "Traditional", "這家客服態度真的很差，退費問了三次都不理人。"],
];
const BOX = ["product_quality", "staff_attitude", "delivery", "follow_up_neglect", "other", "urgency"];
const SHADES = 8; // colours for other labels; service/web/marks.py gives them out likewise
let names = {}, roots = [], last = null;
let lang = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh";

function speak() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-zh]")) node.textContent = node.dataset[lang];
  $("text").placeholder = $("text").dataset[lang + "Placeholder"];
  $("language").textContent = WORDS[lang].switchTo;
  $("language").lang = lang === "zh" ? "en" : "zh-CN";
  $("language").setAttribute("aria-label", WORDS[lang].label);
  for (const button of $("samples").querySelectorAll("button")) button.textContent = SAMPLES[button.value][lang === "zh" ? 0 : 1];
  if (last) show(last.text, last.verdict);
}

function element(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

const nameOf = (code) => code === "urgency" ? WORDS[lang].urgencyMark : (names[code] || {})[lang] || code;
const rootOf = (code) => names[code]?.parent || code;
function colour(code) {
  const root = rootOf(code);
  return `--colour: var(--${BOX.includes(root) ? root : `own${Math.max(0, roots.indexOf(root)) % SHADES}`})`;
}

// Offsets count code points; a JavaScript string counts UTF-16 units.
function marked(text, evidence) {
  const points = Array.from(text), out = document.createDocumentFragment();
  const cuts = [...new Set([0, points.length, ...evidence.flatMap((e) => [e.start, e.end])])].sort((a, b) => a - b);
  for (let k = 0; k + 1 < cuts.length; k++) {
    const piece = points.slice(cuts[k], cuts[k + 1]).join("");
    const here = evidence.filter((e) => e.start <= cuts[k] && e.end >= cuts[k + 1]);
    if (!here.length) { out.append(piece); continue; }
    const node = element("mark", piece);
    node.style = colour(here[0].for);
    node.append(element("sup", [...new Set(here.map((e) => nameOf(e.for)))].join("·")));
    out.append(node);
  }
  return out;
}

function issueRow(code, score, verdict) {
  const row = element("tr"), given = verdict.issues.includes(code), asked = verdict.suggested.includes(code);
  if (given) row.className = "given";
  const bar = element("div", undefined, "bar"), fill = element("i");
  fill.style = `width: ${Math.round(score * 100)}%; ${colour(code)}`;
  bar.append(fill);
  const cell = element("td"); cell.append(bar);
  row.append(element("td", nameOf(code), rootOf(code) === code ? "name" : "name within"), cell, element("td", `${Math.round(score * 100)}%`, "number"),
    element("td", given ? WORDS[lang].given : asked ? WORDS[lang].suggested : "", "state"));
  return row;
}

function fact(id, main, note, className) {
  const node = $(id);
  node.className = "fact " + (className || "");
  node.replaceChildren(main, ...(note ? [element("small", note)] : []));
}

function show(text, verdict) {
  last = { text, verdict };
  const words = WORDS[lang];
  $("marked").replaceChildren(marked(text, verdict.evidence));
  fact("sentiment", `${verdict.sentiment} · ${words.sentiment[verdict.sentiment]}`, verdict.sentiment_score.toFixed(2));
  const sure = `${Math.round(verdict.urgency_scores[verdict.urgency] * 100)}%`;
  fact("urgency", `${verdict.urgency} · ${words.urgency[verdict.urgency]}`, sure, verdict.urgency === 3 ? "alarm" : "");
  fact("review", verdict.review ? words.ask : words.none, verdict.review_reasons.join("; "), verdict.review ? "ask" : "");
  const above = ([code, score]) => verdict.scores[rootOf(code)] ?? score;
  const place = ([code]) => roots.indexOf(rootOf(code));
  const order = Object.entries(verdict.scores).sort((a, b) => above(b) - above(a) || place(a) - place(b) || b[1] - a[1]);
  $("issues").replaceChildren(...order.map(([code, score]) => issueRow(code, score, verdict)));
  $("json").textContent = JSON.stringify(verdict, null, 2);
  $("model").textContent = `${words.model} ${verdict.model.name} ${verdict.model.version} (${verdict.model.hash})`;
  $("problem").hidden = true;
  $("result").hidden = false;
}

function complain(message, remedy) {
  $("problem").textContent = [message, remedy].filter(Boolean).join(" ");
  $("problem").hidden = false;
  $("result").hidden = true;
}

async function judge() {
  const text = $("text").value, button = document.querySelector("button.primary");
  if (!text) return;
  button.disabled = true;
  try {
    const reply = await fetch("/v1/triage", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ id: "1", text }) });
    const body = await reply.json();
    reply.ok ? show(text, body) : complain(body.error.message, body.error.remedy);
  } catch { complain(WORDS[lang].failed); }
  button.disabled = false;
}

$("form").addEventListener("submit", (event) => { event.preventDefault(); judge(); });
$("text").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) judge(); });
$("language").addEventListener("click", () => {
  lang = lang === "zh" ? "en" : "zh";
  history.replaceState(null, "", lang === "en" ? "?lang=en" : location.pathname);
  speak();
});
SAMPLES.forEach((sample, k) => {
  const button = element("button");
  button.type = "button"; button.value = k;
  button.addEventListener("click", () => { $("text").value = sample[2]; judge(); });
  $("samples").append(button);
});
fetch("/v1/labels").then((reply) => reply.json()).then((body) => {
  names = Object.fromEntries(body.issues.map((label) => [label.code, label]));
  roots = body.issues.filter((label) => !label.parent).map((label) => label.code);
  if (last) show(last.text, last.verdict);
}).catch(() => {});
speak();
