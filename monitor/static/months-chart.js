// Draws the months' amounts from the table beside the chart; without this script the table remains.
"use strict";

(() => {
  const place = document.getElementById("months-chart");
  const rows = [...document.querySelectorAll("#months-table tbody tr")];
  if (!place || !rows.length || !window.echarts) {
    return;
  }

  const YUAN_PER_WAN = 10000;
  const look = getComputedStyle(document.documentElement);
  const colour = (name) => look.getPropertyValue(name).trim();
  const wan = (yuan) => Number(yuan) / YUAN_PER_WAN;
  const shown = (value) => `${value.toLocaleString("zh-CN", { minimumFractionDigits: 2 })} 万元`;
  const series = (name, field, fill) => ({
    name,
    type: "bar",
    barMaxWidth: 22,
    itemStyle: { color: fill },
    data: rows.map((row) => wan(row.dataset[field])),
  });

  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: look.getPropertyValue("--screen-font"), color: colour("--ink") },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10 },
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: shown },
    xAxis: {
      type: "category",
      data: rows.map((row) => row.dataset.month),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--edge") } },
      axisLabel: { color: colour("--ink-soft") },
    },
    yAxis: {
      type: "value",
      splitLine: { lineStyle: { color: colour("--edge") } },
      axisLabel: { color: colour("--ink-soft") },
    },
    series: [
      series("应付", "due", colour("--chart-due")),
      series("实付", "paid", colour("--accent")),
    ],
  });
  new ResizeObserver(() => chart.resize()).observe(place);
})();
