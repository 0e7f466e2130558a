"use strict";
// Every <time data-due> counts down by itself; the words are those the server writes.
(() => {
  const ENGLISH = document.documentElement.lang === "en";
  const UNITS = ENGLISH ? [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]] : [[86400, "天"], [3600, "小时"], [60, "分"], [1, "秒"]];

  function span(seconds) {
    const left = Math.abs(Math.round(seconds));
    const place = UNITS.findIndex(([size]) => left >= size || size === 1);
    const [size, word] = UNITS[place], whole = Math.floor(left / size);
    if (place >= 2 || whole >= 10) return `${whole} ${word}`;
    const [next, small] = UNITS[place + 1], rest = Math.floor((left % size) / next);
    return rest ? `${whole} ${word} ${rest} ${small}` : `${whole} ${word}`;
  }

  function tick() {
    for (const clock of document.querySelectorAll("time[data-due]")) {
      const seconds = (Date.parse(clock.dataset.due) - Date.now()) / 1000;
      const told = ENGLISH ? `${span(seconds)} ${seconds < 0 ? "late" : "left"}` : (seconds < 0 ? "超时 " : "还剩 ") + span(seconds);
      if (clock.textContent !== told) clock.textContent = told;
      clock.classList.toggle("late", seconds < 0);
      clock.classList.toggle("soon", seconds >= 0 && seconds < 1800);
      clock.classList.toggle("calm", seconds >= 1800);
    }
  }

  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", tick);
})();
