// Survival curves: of those who began, what share has reached the milestone after so long? A canvas, drawn with the
// colours of the page's theme; the table behind it says the same in numbers.
import { LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

/** Units: `x` is where it stands (logarithmic time), `after` says it in words; shares are 0..1. */
interface Point {
  x: number;
  after: string;
  reached: number;
  low: number;
  high: number;
  at_risk: number;
}

/** Texts come from the server, in the reader's language; `median` is null while fewer than half have reached it. */
interface Curve {
  points: Point[];
  ticks: { x: number; label: string }[];
  end: number;
  median: { x: number; label: string } | null;
  texts: { reached: string; interval: string; at_risk: string };
  locale: string;
}

type Colours = Record<"line" | "band" | "mark" | "grid" | "text" | "surface", string>;

function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: keyof Colours): string => style.getPropertyValue(`--chart-${name}`).trim();
  return {
    line: read("line"),
    band: read("band"),
    mark: read("mark"),
    grid: read("grid"),
    text: read("text"),
    surface: read("surface"),
  };
}

function line(text: string, strong = false): HTMLElement {
  const element = document.createElement(strong ? "strong" : "span");
  element.textContent = text;
  return element;
}

function tip(curve: Curve, percent: (share: number) => string, index: number): HTMLElement | string {
  const point = curve.points[index];
  if (!point) return "";
  const box = document.createElement("div");
  box.className = "tip";
  box.append(
    line(point.after),
    line(`${percent(point.reached)} ${curve.texts.reached}`, true),
    line(`${curve.texts.interval} ${percent(point.low)} – ${percent(point.high)}`),
    line(`${curve.texts.at_risk} ${point.at_risk.toLocaleString(curve.locale)}`),
  );
  return box;
}

function options(curve: Curve): Parameters<EChartsType["setOption"]>[0] {
  const colour = colours();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const percent = (share: number): string =>
    share.toLocaleString(curve.locale, { style: "percent", maximumFractionDigits: 0 });
  const label = { color: colour.text, fontFamily: "Inter Variable", fontSize: 12 };
  const labels = new Map(curve.ticks.map((tick) => [tick.x, tick.label]));
  const hidden = { type: "line" as const, step: "end" as const, symbol: "none", silent: true, lineStyle: { opacity: 0 } };
  return {
    animation: !still,
    animationDuration: 200,
    grid: { left: 44, right: 20, top: 12, bottom: 28 },
    tooltip: {
      trigger: "axis",
      padding: 0,
      borderWidth: 0,
      backgroundColor: "transparent",
      extraCssText: "box-shadow: none",
      transitionDuration: still ? 0 : 0.12,
      axisPointer: { type: "line", lineStyle: { color: colour.text, type: "dashed" } },
      formatter: (found: unknown) => {
        const first = (Array.isArray(found) ? found[0] : found) as { dataIndex: number } | undefined;
        return first ? tip(curve, percent, first.dataIndex) : "";
      },
    },
    xAxis: {
      type: "value",
      min: 0,
      max: curve.end,
      axisLine: { lineStyle: { color: colour.grid } },
      axisTick: { show: false, customValues: [...labels.keys()] },
      axisLabel: { ...label, hideOverlap: true, customValues: [...labels.keys()], formatter: (x: number) => labels.get(x) ?? "" },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: 1,
      interval: 0.25,
      axisLabel: { ...label, formatter: percent },
      splitLine: { lineStyle: { color: colour.grid } },
    },
    series: [
      { ...hidden, stack: "interval", data: curve.points.map((p) => [p.x, p.low]) },
      {
        ...hidden,
        stack: "interval",
        stackStrategy: "all",
        areaStyle: { color: colour.band, opacity: 1 },
        data: curve.points.map((p) => [p.x, p.high - p.low]),
      },
      {
        type: "line",
        step: "end",
        symbol: "circle",
        showSymbol: false,
        symbolSize: 8,
        itemStyle: { color: colour.line, borderColor: colour.surface, borderWidth: 2 },
        lineStyle: { color: colour.line, width: 2.5 },
        data: curve.points.map((p) => [p.x, p.reached]),
        ...(curve.median && {
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: colour.mark, type: "dashed", width: 2 },
            label: { ...label, formatter: curve.median.label, position: "insideEndTop", rotate: 0, distance: [8, -8] },
            data: [{ xAxis: curve.median.x }],
          },
        }),
      },
    ],
  };
}

function draw(place: HTMLElement): void {
  const source = document.getElementById(place.dataset.chart ?? "");
  if (!source) return;
  const curve = JSON.parse(source.textContent ?? "") as Curve;
  const chart = init(place);
  const paint = (): void => chart.setOption(options(curve));
  paint();
  new ResizeObserver(() => chart.resize()).observe(place);
  document.addEventListener("milepost:theme", paint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

document.querySelectorAll<HTMLElement>("[data-chart]").forEach(draw);
