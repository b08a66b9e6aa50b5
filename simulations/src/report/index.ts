export { plainText, progressBar, wantsColour } from '@tributary/coordinator/terminal-text'
export { renderChart } from './chart.ts'
export { type HoldingsChartOptions, holdingsChart } from './holdings-chart.ts'
export { createLiveLine, type DisplayStream, type LiveLine } from './live-line.ts'
export { PersonalRecord, type PersonalSummary, summaryOfPersonal } from './personal-results.ts'
export { readResults } from './read-results.ts'
export { ResultsError } from './result-files.ts'
export {
  Baselines,
  ClientResult,
  GroupResults,
  HoldingsRecord,
  RoundResult,
  type RunResults,
  ScenarioRecord,
  type SeedResults,
  SeedSummary,
} from './results.ts'
export { openResultsFolder, type ResultsFolder } from './results-folder.ts'
export { createRoundDisplay, type RoundDisplay } from './round-display.ts'
export { accuracyTrend, roundLine, roundTable } from './round-format.ts'
export {
  type RoundEvent,
  type RoundMetrics,
  type RoundOutcome,
  type RoundRecord,
  recordEvent,
} from './round-record.ts'
export { progressLine, type ShownRound } from './run-progress.ts'
export { writeComparison, writeReport } from './write-report.ts'
