// A heat map by ECharts on a canvas: each cell says its number, so that nothing is told by colour alone.
import { HeatmapChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

import type { HeatParts } from "./heat";

use([CanvasRenderer, GridComponent, HeatmapChart, TooltipComponent, VisualMapComponent]);

/** Of the scale from which on the numbers are white on the colour. */
const DARK = 0.55;

export default function DrawnHeat({ rows, columns, values, told = String, most, axes }: HeatParts) {
  const place = useRef<HTMLDivElement>(null);
  const tell = useRef(told);
  tell.current = told;
  useEffect(() => {
    const element = place.current!;
    const style = getComputedStyle(element);
    const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const chart = init(element);
    const greatest = most ?? Math.max(1, ...values.flat().map((each) => each ?? 0));
    const cells = rows.flatMap((_, row) =>
      columns.flatMap((__, column) => {
        const value = values[row]?.[column];
        return value === null || value === undefined
          ? []
          : [{ value: [column, row, value], label: { color: value / greatest > DARK ? "#fff" : token("ink") } }];
      }),
    );
    const axis = { type: "category" as const, axisTick: { show: false } };
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: style.fontFamily, color: token("ink") },
      grid: { left: 8, right: 8, top: axes ? 44 : 8, bottom: 4, containLabel: true },
      tooltip: {
        renderMode: "richText",
        formatter: ({ value: [column, row, value] }: { value: [number, number, number] }) => `${rows[row]} · ${columns[column]}\n${tell.current(value)}`,
      },
      xAxis: { ...axis, position: "top", data: [...columns], axisLabel: { interval: 0, rotate: columns.length > 8 ? 40 : 0 }, ...(axes && { name: `${axes[1]} →`, nameLocation: "middle", nameGap: 26 }) },
      yAxis: { ...axis, inverse: true, data: [...rows], ...(axes && { name: `${axes[0]} ↓`, nameLocation: "start", nameGap: 26 }) },
      visualMap: { show: false, min: 0, max: greatest, inRange: { color: [token("paper"), token("strong-ground"), token("chart-1"), token("brand-deep")] } },
      series: [
        {
          type: "heatmap",
          data: cells,
          label: { show: true, formatter: ({ value }: { value: [number, number, number] }) => tell.current(value[2]) },
          itemStyle: { borderColor: token("line"), borderWidth: 1 },
        },
      ],
    });
    const watcher = new ResizeObserver(() => chart.resize());
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [rows, columns, values, most, axes]);
  return <div ref={place} className={`canvas rows-${Math.min(10, Math.max(3, Math.ceil(rows.length / 2) + 1))}`} />;
}
