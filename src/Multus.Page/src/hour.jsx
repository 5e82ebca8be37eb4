import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { clock, count, duration } from "./words.js";

const HEIGHT = 150;
const ROWS = 12; // of the table: five minutes each

const [NUMBER, ADDED, ADDS_FAILED, DELETED, DELETES_FAILED, MEDIAN, P95, LONGEST] = [0, 1, 2, 3, 4, 5, 6, 7];

/** The stretches as columns: of each of them a value, also where nothing ended. */
function columnsOf(hour) {
  const now = Math.floor(Date.now() / 1000);
  const first = hour.now - hour.stretches + 1;
  const at = Array.from({ length: hour.stretches }, (_, i) => now - (hour.stretches - 1 - i) * hour.seconds);
  const empty = () => new Array(hour.stretches).fill(0);
  const gaps = () => new Array(hour.stretches).fill(null);
  const columns = { at, added: empty(), deleted: empty(), failed: empty(), median: gaps(), p95: gaps(), longest: gaps() };
  for (const stretch of hour.ended) {
    const i = stretch[NUMBER] - first;
    if (i < 0) continue;
    columns.added[i] = stretch[ADDED];
    columns.deleted[i] = stretch[DELETED];
    columns.failed[i] = stretch[ADDS_FAILED] + stretch[DELETES_FAILED];
    if (stretch[ADDED] + stretch[ADDS_FAILED] > 0) {
      columns.median[i] = stretch[MEDIAN];
      columns.p95[i] = stretch[P95];
      columns.longest[i] = stretch[LONGEST];
    }
  }
  return columns;
}

/** Sums of five minutes, for those who do not see a chart. */
function tableOf(columns, stretches) {
  const each = stretches / ROWS;
  return Array.from({ length: ROWS }, (_, row) => {
    const part = (name) => columns[name].slice(row * each, (row + 1) * each);
    const sum = (name) => part(name).reduce((all, n) => all + n, 0);
    const longest = Math.max(...part("longest").map((n) => n ?? -1));
    return {
      from: columns.at[row * each] * 1000,
      added: sum("added"),
      deleted: sum("deleted"),
      failed: sum("failed"),
      longest: longest < 0 ? "–" : duration(longest),
    };
  });
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const minutes = (_, splits) =>
  splits.map((at) => {
    const date = new Date(at * 1000);
    return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
  });

function optionsOf(series, width, values) {
  const axis = { stroke: colour("faint"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  const font = { font: "12px system-ui, sans-serif" };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { show: false } },
    padding: [8, 20, 0, 0],
    scales: { y: { range: (_, __, max) => [0, Math.max(max ?? 0, 4) * 1.05] } },
    axes: [
      { ...axis, ...font, values: minutes, space: 60, size: 26 },
      { ...axis, ...font, values, size: 62 },
    ],
    series: [
      {},
      ...series.map((line) => ({
        label: line.name,
        stroke: colour(line.colour),
        fill: line.fill ? colour(line.colour) : undefined,
        width: line.fill ? 0 : 1.5,
        points: { show: !line.fill, size: 4, fill: colour(line.colour) },
        paths: line.fill ? uPlot.paths.bars({ size: [0.9, 12, 2], align: -1 }) : undefined,
      })),
    ],
  };
}

/** Charts are drawn anew when the width or the colours change, and get new data else. */
function Chart({ title, columns, series, values, say }) {
  const box = useRef(null);
  const plot = useRef(null);
  const [at, setAt] = useState(null);
  const data = useMemo(() => [columns.at, ...series.map((line) => line.of(columns))], [columns, series]);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const draw = () => {
      plot.current?.destroy();
      const options = optionsOf(series, Math.max(200, box.current.clientWidth), values);
      options.hooks = { setCursor: [(chart) => setAt(chart.cursor.idx ?? null)] };
      plot.current = new uPlot(options, latest.current, box.current);
    };
    draw();
    let width = box.current.clientWidth;
    const watch = new ResizeObserver(() => {
      if (box.current && box.current.clientWidth !== width) {
        width = box.current.clientWidth;
        plot.current.setSize({ width: Math.max(200, width), height: HEIGHT });
      }
    });
    watch.observe(box.current);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return () => {
      watch.disconnect();
      scheme.removeEventListener("change", draw);
      plot.current.destroy();
    };
  }, [series, values]);
  useEffect(() => plot.current?.setData(data), [data]);

  return (
    <figure>
      <figcaption>
        <span>{title}</span>
        <ul class="legend" aria-hidden="true">
          {series.map((line) => (
            <li key={line.name}>
              <span class={`swatch ${line.colour}`} />
              {line.name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="chart" ref={box} role="img" aria-label={`${title}, over the last hour; the table below has the figures`} />
      <p class="reading faint" aria-hidden="true">
        {at === null || columns.at[at] === undefined ? "\u00a0" : `${clock(columns.at[at] * 1000)} · ${say(columns, at)}`}
      </p>
    </figure>
  );
}

// What is drawn first lies behind: the sums first.
const THROUGHPUT = [
  { name: "DEL", colour: "deleted", fill: true, of: (c) => c.added.map((n, i) => n + c.deleted[i] + c.failed[i]) },
  { name: "ADD", colour: "added", fill: true, of: (c) => c.added.map((n, i) => n + c.failed[i]) },
  { name: "failed", colour: "failed", fill: true, of: (c) => c.failed },
];
const LATENCY = [
  { name: "longest", colour: "longest", of: (c) => c.longest },
  { name: "95 %", colour: "p95", of: (c) => c.p95 },
  { name: "median", colour: "median", of: (c) => c.median },
];
const wholes = (_, splits) => splits.map((n) => (Number.isInteger(n) ? count(n) : ""));
const durations = (_, splits) => splits.map((ms) => (ms === 0 ? "0" : duration(ms)));
const sayThroughput = (c, i) => `${c.added[i]} ADD, ${c.deleted[i]} DEL, ${c.failed[i]} failed`;
const sayLatency = (c, i) =>
  c.median[i] === null
    ? "no ADD"
    : `median ${duration(c.median[i])}, 95 % ${duration(c.p95[i])}, longest ${duration(c.longest[i])}`;

export function LastHour({ hour }) {
  const columns = useMemo(() => hour && columnsOf(hour), [hour]);
  const rows = useMemo(() => columns && tableOf(columns, hour.stretches), [columns]);
  return (
    <section class="panel" aria-labelledby="hour">
      <h2 id="hour">Last hour</h2>
      {!columns ? (
        <p class="empty">Asking the daemon…</p>
      ) : (
        <>
          <div class="charts">
            <Chart title="Operations in 10 seconds" columns={columns} series={THROUGHPUT} values={wholes} say={sayThroughput} />
            <Chart title="Time that an ADD takes" columns={columns} series={LATENCY} values={durations} say={sayLatency} />
          </div>
          <details class="figures-table">
            <summary>As a table</summary>
            <table>
              <thead>
                <tr>
                  <th scope="col">From</th>
                  <th scope="col" class="number">ADD</th>
                  <th scope="col" class="number">DEL</th>
                  <th scope="col" class="number">Failed</th>
                  <th scope="col" class="number">Longest ADD</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.from}>
                    <th scope="row">{clock(row.from)}</th>
                    <td class="number">{count(row.added)}</td>
                    <td class="number">{count(row.deleted)}</td>
                    <td class="number">{count(row.failed)}</td>
                    <td class="number">{row.longest}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </section>
  );
}
