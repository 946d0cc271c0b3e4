// Charts of the insights page: shares as bars with their interval, numbers over time as lines, arrivals as steps. Drawn
// with the colours of the page's theme; the tables behind them say the same in numbers.
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Shapes: `values` one for each category, null where it is not known; of steps, pairs (x, y). */
interface Series {
  name: string;
  values: (number | null | [number, number])[];
  low: (number | null)[];
  high: (number | null)[];
}

interface Report {
  kind: "bars" | "lines" | "steps";
  across: boolean;
  percent: boolean;
  categories: string[];
  ticks: { x: number; label: string }[];
  series: Series[];
  interval: string;
  locale: string;
}

type Option = Parameters<EChartsType["setOption"]>[0];
const PALETTE = ["--chart-line", "--chart-mark", "--chart-third", "--chart-fourth", "--chart-fifth", "--chart-text"];

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function written(report: Report): (value: number) => string {
  return (value) =>
    report.percent
      ? value.toLocaleString(report.locale, { style: "percent", maximumFractionDigits: 0 })
      : value.toLocaleString(report.locale, { maximumFractionDigits: 1 });
}

interface Found {
  seriesName: string;
  dataIndex: number;
  value: unknown;
  axisValueLabel: string;
}

function tip(report: Report, found: Found[]): HTMLElement | string {
  const write = written(report);
  const box = document.createElement("div");
  box.className = "tip";
  const add = (text: string, strong = false): void => {
    const line = document.createElement(strong ? "strong" : "span");
    line.textContent = text;
    box.append(line);
  };
  const first = found[0];
  if (!first) return "";
  if (report.kind !== "steps") add(first.axisValueLabel);
  for (const series of report.series) {
    const hit = found.find((each) => each.seriesName === series.name);
    if (!hit) continue;
    const value = series.values[hit.dataIndex];
    const number = Array.isArray(value) ? value[1] : value;
    add(`${series.name}: ${number === null || number === undefined ? "–" : write(number)}`, true);
    const [low, high] = [series.low[hit.dataIndex], series.high[hit.dataIndex]];
    if (typeof low === "number" && typeof high === "number") add(`${report.interval} ${write(low)} – ${write(high)}`);
  }
  return box;
}

/** The interval of each bar as a thin line, and of each point as a whisker. */
function whiskers(report: Report, series: Series, ink: string): object[] {
  if (!series.low.length) return [];
  const data = series.low.map((low, place) => [place, low, series.high[place]]).filter(([, low]) => typeof low === "number");
  return [
    {
      type: "custom",
      name: report.interval,
      silent: true,
      z: 5,
      itemStyle: { color: ink },
      data,
      encode: report.across ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
      tooltip: { show: false },
      renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: number[]) => number[] }) => {
        const at = (value: number): number[] =>
          api.coord(report.across ? [value, api.value(0)] : [api.value(0), value]);
        const [x1, y1] = at(api.value(1));
        const [x2, y2] = at(api.value(2));
        return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: ink, lineWidth: 2, lineCap: "round" } };
      },
    },
  ];
}

function drawn(report: Report, series: Series, place: number): object[] {
  const ink = colour(PALETTE[place % PALETTE.length] ?? "--chart-line");
  const shared = { name: series.name, data: series.values, itemStyle: { color: ink } };
  if (report.kind === "bars")
    return [{ ...shared, type: "bar", barMaxWidth: 22, itemStyle: { color: ink, borderRadius: 3 } }, ...whiskers(report, series, colour("--chart-mark"))];
  const line = { ...shared, type: "line", symbol: "circle", symbolSize: 6, showSymbol: series.values.length < 40, lineStyle: { color: ink, width: 2.5 } };
  if (report.kind === "steps") return [{ ...line, step: "end", showSymbol: false }];
  return [line, ...whiskers(report, series, colour("--chart-mark"))];
}

function options(report: Report, width: number): Option {
  const label = { color: colour("--chart-text"), fontFamily: "Inter Variable", fontSize: 12 };
  const write = written(report);
  const grid = { lineStyle: { color: colour("--chart-grid") } };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const labels = new Map(report.ticks.map((tick) => [tick.x, tick.label]));
  const value = { type: "value", min: 0, ...(report.percent && report.kind === "steps" ? { max: 1 } : {}), axisLabel: { ...label, hideOverlap: true, formatter: write }, splitLine: grid };
  const names = {
    type: "category",
    data: report.categories,
    inverse: report.across,
    axisTick: { show: false },
    axisLine: grid,
    axisLabel: { ...label, hideOverlap: true, ...(report.across ? { width: Math.min(240, width * 0.38), overflow: "truncate" } : {}) },
  };
  const time = {
    type: "value",
    min: 0,
    axisTick: { show: false, customValues: [...labels.keys()] },
    axisLine: grid,
    splitLine: { show: false },
    axisLabel: { ...label, hideOverlap: true, customValues: [...labels.keys()], formatter: (x: number) => labels.get(x) ?? "" },
  };
  return {
    animation: !still,
    animationDuration: 200,
    grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 14, itemHeight: 6, textStyle: label, type: "scroll" },
    tooltip: {
      trigger: "axis",
      padding: 0,
      borderWidth: 0,
      confine: true,
      backgroundColor: "transparent",
      extraCssText: "box-shadow: none",
      transitionDuration: still ? 0 : 0.12,
      axisPointer: { type: report.kind === "bars" ? "shadow" : "line" },
      formatter: (found: unknown) => tip(report, (Array.isArray(found) ? found : [found]) as Found[]),
    },
    xAxis: report.kind === "steps" ? time : report.across ? value : names,
    yAxis: report.across ? names : value,
    series: report.series.flatMap((series, place) => drawn(report, series, place)),
  } as Option;
}

function draw(place: HTMLElement): void {
  const source = document.getElementById(place.dataset.report ?? "");
  if (!source) return;
  const report = JSON.parse(source.textContent ?? "") as Report;
  if (report.across) place.style.height = `${Math.max(160, 72 + report.categories.length * 34)}px`;
  const chart = init(place);
  const paint = (): void => chart.setOption(options(report, place.clientWidth), true);
  paint();
  new ResizeObserver(() => {
    chart.resize();
    paint();
  }).observe(place);
  document.addEventListener("milepost:theme", paint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

document.querySelectorAll<HTMLElement>("[data-report]").forEach(draw);
