// What hands do on the chart: drag or Shift and arrows select a stretch, arrows walk, Enter opens.
// `chart` knows pixels, `ways` what follows: walk(bucket, step), zoom(first, last), open().
const LEAST = 6; // pixels that make a drag

function selectionOn(plot) {
  const found = document.createElement("div");
  found.className = "selection";
  found.hidden = true;
  plot.append(found);
  return found;
}

export function handsOn(plot, chart, count, ways) {
  const shadow = selectionOn(plot);
  let from = null, cursor = null, anchor = null;
  const left = (event) => event.clientX - plot.getBoundingClientRect().left;
  const bucketAt = (x) => Math.min(count - 1, Math.max(0, Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, x))));
  const edge = (k) => chart.convertToPixel({ xAxisIndex: 0 }, k);
  const half = () => (count > 1 ? (edge(1) - edge(0)) / 2 : 20);

  function cover(a, b) {
    shadow.hidden = false;
    shadow.style.left = `${edge(Math.min(a, b)) - half()}px`;
    shadow.style.width = `${edge(Math.max(a, b)) - edge(Math.min(a, b)) + 2 * half()}px`;
  }

  function uncover() {
    shadow.hidden = true;
    from = anchor = null;
  }

  plot.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    from = left(event);
  });
  plot.addEventListener("pointermove", (event) => {
    if (from === null || Math.abs(left(event) - from) < LEAST) return;
    plot.setPointerCapture(event.pointerId);
    cover(bucketAt(from), bucketAt(left(event)));
  });
  plot.addEventListener("pointerup", (event) => {
    const start = from, end = left(event);
    if (start === null && event.pointerType !== "touch") return;
    const dragged = start !== null && Math.abs(end - start) >= LEAST;
    uncover();
    if (dragged) ways.zoom(...[bucketAt(start), bucketAt(end)].sort((a, b) => a - b));
    else ways.tap(bucketAt(end), event.clientY - plot.getBoundingClientRect().top, end, event.pointerType === "touch");
  });
  plot.addEventListener("pointercancel", uncover);

  const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  const turns = { ArrowUp: -1, ArrowDown: 1 };

  function walk(event) {
    const before = cursor ?? (moves[event.key] > 0 ? -1 : count);
    cursor = Math.min(count - 1, Math.max(0, before + moves[event.key]));
    if (event.shiftKey) cover((anchor ??= Math.min(count - 1, Math.max(0, before))), cursor);
    else uncover();
    ways.walk(cursor, 0);
  }

  plot.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) walk(event);
    else if (event.key in turns) ways.walk((cursor ??= count - 1), turns[event.key]);
    else if (event.key === "Escape") uncover();
    else if (event.key === "Enter" && anchor !== null) {
      const ends = [anchor, cursor].sort((a, b) => a - b);
      uncover();
      ways.zoom(...ends);
    } else if (event.key === "Enter" && cursor !== null) ways.open();
    else return;
    event.preventDefault();
  });
}
