// Charts by ECharts on a canvas. Its HTML tooltips would need styles inline, which no page of ours allows: they are drawn too.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

import type { ChartParts } from "./chart";

use([AriaComponent, BarChart, CanvasRenderer, GridComponent, LegendComponent, LineChart, TooltipComponent]);

/** So many pixels of width have room for one name of the legend in a line. */
const NARROW = 480;
/** Of the width, what names beside their bars may take: bars that have no room say nothing. */
const NAMES = 0.4;

export default function Drawn({ categories, series, kind = "bar" }: ChartParts) {
  const place = useRef<HTMLDivElement>(null);
  const across = kind === "across";
  useEffect(() => {
    const element = place.current!;
    const style = getComputedStyle(element);
    const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const chart = init(element);
    const legendLines = element.clientWidth < NARROW ? series.length : 1;
    const named = { type: "category" as const, data: across ? [...categories].reverse() : [...categories], axisTick: { show: false }, ...(across && { axisLabel: { width: Math.floor(element.clientWidth * NAMES), overflow: "break" as const } }) };
    const counted = { type: "value" as const, minInterval: 1, axisLabel: { hideOverlap: true }, splitLine: { lineStyle: { color: token("line") } } };
    chart.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      aria: { decal: { show: series.length > 1 } },
      color: [1, 2, 3, 4, 5, 6].map((each) => token(`chart-${each}`)),
      textStyle: { fontFamily: style.fontFamily, color: token("ink") },
      grid: { left: 8, right: across ? 40 : 16, top: series.length > 1 ? 12 + 24 * legendLines : 16, bottom: 4, containLabel: true },
      legend: { show: series.length > 1, top: 0, left: 0 },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
      xAxis: across ? counted : named,
      yAxis: across ? named : counted,
      series: series.map(({ name, values }) => ({
        name,
        type: kind === "line" ? "line" : "bar",
        data: across ? [...values].reverse() : [...values],
        barMaxWidth: 28,
        ...(kind === "stacked" && { stack: "all" }),
        ...(across && { label: { show: true, position: "right" } }),
      })),
    });
    const watcher = new ResizeObserver(() => chart.resize());
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [categories, series, kind, across]);
  return <div ref={place} className={across ? `canvas rows-${Math.min(10, Math.max(3, Math.ceil(categories.length / 2)))}` : "canvas"} />;
}
