import { useComputedColorScheme } from "@mantine/core";
import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

echarts.use([LineChart, GridComponent, LegendComponent, AriaComponent, SVGRenderer]);

export interface Line {
  name: string;
  values: (number | null)[];
}

// Told apart by colour, by dash and by shape.
const LOOKS = [
  { token: "--fenfa-run", dash: "solid", symbol: "circle" },
  { token: "--fenfa-plan", dash: "dashed", symbol: "rect" },
  { token: "--fenfa-ask", dash: "dotted", symbol: "triangle" },
  { token: "--fenfa-hold", dash: [8, 3, 2, 3], symbol: "diamond" },
];

/** Lines over days; a day of which nothing is known is a gap. `label` says the same in a sentence. */
export function Trend({ days, lines, label }: { days: string[]; lines: Line[]; label: string }) {
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    if (holder.current === null) return undefined;
    const style = getComputedStyle(document.documentElement);
    const colour = (token: string) => style.getPropertyValue(token).trim();
    const text = { color: colour("--mantine-color-dimmed"), fontFamily: colour("--mantine-font-family"), fontSize: 12 };
    const chart = echarts.init(holder.current, null, { renderer: "svg" });
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, textStyle: text, itemWidth: 32 },
      xAxis: { type: "category", data: days.map((day) => day.slice(5)), axisLabel: text, axisLine: { lineStyle: { color: colour("--fenfa-line-strong") } } },
      yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: colour("--fenfa-line") } } },
      series: lines.map(({ name, values }, index) => {
        const look = LOOKS[index % LOOKS.length] ?? LOOKS[0];
        const ink = colour(look?.token ?? "--fenfa-run");
        return {
          type: "line",
          name,
          data: values,
          connectNulls: false,
          symbol: look?.symbol,
          symbolSize: 7,
          lineStyle: { color: ink, type: look?.dash, width: 2 },
          itemStyle: { color: ink },
        };
      }),
    });
    const fit = new ResizeObserver(() => {
      chart.resize();
    });
    fit.observe(holder.current);
    return () => {
      fit.disconnect();
      chart.dispose();
    };
  }, [days, lines, scheme]);
  return <div ref={holder} className="trend" role="img" aria-label={label} />;
}
