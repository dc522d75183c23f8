// Plots by ECharts on a canvas: estimates with their intervals, and curves from 0 to 1.
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

import { type CurveParts, type EstimatesParts, percent } from "./plots";

use([CanvasRenderer, CustomChart, GridComponent, LineChart, MarkLineComponent, ScatterChart, TooltipComponent]);

type Token = (name: string) => string;

/** Draw what an option says on an element, as wide as it is, and anew when the data are others. */
function useDrawn(data: unknown, option: (token: Token) => EChartsCoreOption) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(option);
  latest.current = option;
  useEffect(() => {
    const element = place.current!;
    const style = getComputedStyle(element);
    const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const chart = init(element);
    chart.setOption({ animation: false, textStyle: { fontFamily: style.fontFamily, color: token("ink") }, tooltip: { renderMode: "richText" }, ...latest.current(token) });
    const watcher = new ResizeObserver(() => chart.resize());
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [data]);
  return place;
}

/** Only what the drawing of an interval asks of ECharts. */
interface Interval {
  value: (dimension: number) => number;
  coord: (point: [number, number]) => [number, number];
}

export function Estimates({ shares, overall, title }: EstimatesParts) {
  const place = useDrawn(shares, (token) => {
    const told = shares.flatMap((each, index) => (each.value === null ? [] : [{ ...each, value: each.value, index }]));
    return {
      grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
      xAxis: { type: "value", min: 0, max: 1, axisLabel: { formatter: (value: number) => `${Math.round(100 * value)}%` }, splitLine: { lineStyle: { color: token("line") } } },
      yAxis: { type: "category", inverse: true, data: shares.map((each) => each.name), axisTick: { show: false } },
      series: [
        {
          type: "custom",
          silent: true,
          data: told.flatMap(({ index, low, high }) => (low === null || high === null ? [] : [[index, low, high]])),
          encode: { x: [1, 2], y: 0 },
          renderItem: (_: unknown, { value, coord }: Interval) => {
            const [left, y] = coord([value(1), value(0)]);
            const [right] = coord([value(2), value(0)]);
            const line = (x1: number, y1: number, x2: number, y2: number) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: token("chart-1"), lineWidth: 2 } });
            return { type: "group", children: [line(left, y, right, y), line(left, y - 5, left, y + 5), line(right, y - 5, right, y + 5)] };
          },
        },
        {
          name: title,
          type: "scatter",
          symbolSize: 12,
          data: told.map(({ value, index, hollow }) => ({
            value: [value, index],
            itemStyle: { color: hollow ? token("paper") : token("chart-1"), borderColor: token("chart-1"), borderWidth: 2 },
          })),
          label: { show: true, position: "top", formatter: ({ value: [value] }: { value: [number] }) => percent(value) },
          ...(overall !== null && {
            markLine: { symbol: "none", silent: true, label: { show: false }, lineStyle: { type: "dashed", color: token("chart-6") }, data: [{ xAxis: overall }] },
          }),
        },
      ],
    };
  });
  return <div ref={place} className={`canvas rows-${Math.min(10, Math.max(3, Math.ceil(shares.length / 2) + 1))}`} />;
}

export function Curve({ points, x, y, title }: CurveParts) {
  const place = useDrawn(points, (token) => {
    const axis = (name: string) => ({
      type: "value",
      min: 0,
      max: 1,
      name,
      nameLocation: "middle",
      nameGap: 32,
      axisLabel: { formatter: (value: number) => `${Math.round(100 * value)}%` },
      splitLine: { lineStyle: { color: token("line") } },
    });
    return {
      grid: { left: 28, right: 24, top: 12, bottom: 28, containLabel: true },
      xAxis: axis(x),
      yAxis: axis(y),
      tooltip: { trigger: "axis", renderMode: "richText", formatter: (told: { value: [number, number] }[]) => told.slice(0, 1).map(({ value }) => `${x} ${percent(value[0])}\n${y} ${percent(value[1])}`).join("") },
      series: [
        { name: title, type: "line", data: [[0, 0], ...points.map((each) => [...each])], symbolSize: 6, color: token("chart-1"), lineStyle: { width: 2.5 } },
        { type: "line", silent: true, data: [[0, 0], [1, 1]], symbol: "none", tooltip: { show: false }, lineStyle: { type: "dashed", color: token("chart-6") } },
      ],
    };
  });
  return <div ref={place} className="canvas square" />;
}
