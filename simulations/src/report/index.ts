export { renderChart } from './chart.ts'
export { type HoldingsChartOptions, holdingsChart } from './holdings-chart.ts'
export { openResultsFolder, type ResultsFolder } from './results-folder.ts'
export { createRoundDisplay, type DisplayStream, type RoundDisplay } from './round-display.ts'
export { accuracyTrend, roundLine, roundTable } from './round-format.ts'
export {
  type RoundEvent,
  type RoundMetrics,
  type RoundOutcome,
  type RoundRecord,
  recordEvent,
} from './round-record.ts'
