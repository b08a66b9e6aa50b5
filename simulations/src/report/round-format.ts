import { plainText, progressBar, type Segment, sparkline } from '@tributary/coordinator/terminal-text'
import { unreachable } from '@tributary/protocols'
import type { RoundRecord } from './round-record.ts'

const BAR_WIDTH = 24
const SPARKLINE_WIDTH = 60

/** A round as one line: its progress while it runs, its result afterwards. */
export const roundLine = (record: RoundRecord): Segment[] => {
  const { round, cohort, updates, outcome } = record
  const start: Segment = [`round ${String(round).padStart(4)}  `]
  const received = `${updates}/${cohort} updates`
  switch (outcome.type) {
    case 'running': {
      const { filled, rest } = progressBar(updates / Math.max(1, cohort), BAR_WIDTH)
      return [start, [filled, 'bar'], [rest, 'dim'], [`  ${received}`], [traffic(record), 'dim']]
    }
    case 'completed': {
      const metrics = [
        outcome.loss === undefined ? '' : `  loss ${decimals(outcome.loss, 4)}`,
        outcome.accuracy === undefined ? '' : `  accuracy ${percent(outcome.accuracy)}`,
      ].join('')
      const seconds = `  ${decimals(outcome.seconds, 1)} s`
      return [start, ['✓ ', 'good'], [received], [traffic(record), 'dim'], [metrics], [seconds, 'dim']]
    }
    case 'abandoned': {
      const seconds = `  ${decimals(outcome.seconds, 1)} s`
      return [
        start,
        ['✗ ', 'bad'],
        [`${received}  abandoned: ${plainText(outcome.reason)}`],
        [seconds, 'dim'],
      ]
    }
    default:
      return unreachable(outcome)
  }
}

/** Every round as a row of a table, in plain text: right-aligned columns under their names. */
export const roundTable = (records: readonly RoundRecord[]): string => {
  const rows = [HEADINGS, ...records.map(tableRow)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < HEADINGS.length ? cell.padStart(widths[column] ?? 0) : cell))
      .join('  '),
  )
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '))
  return lines.join('\n')
}

/** How accuracy went, over the rounds that measured it; nothing when fewer than two did. */
export const accuracyTrend = (records: readonly RoundRecord[]): string | undefined => {
  const measured = records.flatMap(({ round, outcome }) =>
    outcome.type === 'completed' && outcome.accuracy !== undefined
      ? [{ round, accuracy: outcome.accuracy }]
      : [],
  )
  const [first] = measured
  const last = measured.at(-1)
  if (!first || !last || measured.length < 2) return undefined
  const best = measured.reduce((a, b) => (b.accuracy > a.accuracy ? b : a))
  const line = sparkline(
    measured.map(({ accuracy }) => accuracy),
    SPARKLINE_WIDTH,
  )
  return `accuracy  ${percent(first.accuracy)}  ${line}  ${percent(last.accuracy)}  (best ${percent(best.accuracy)}, round ${best.round})`
}

const HEADINGS = ['round', 'cohort', 'updates', 'MB up', 'MB down', 'loss', 'accuracy', 'seconds']
const UNKNOWN = '–'

const tableRow = ({ round, cohort, updates, bytesUp, bytesDown, outcome }: RoundRecord): string[] => {
  const start = [String(round), String(cohort), String(updates), megabytes(bytesUp), megabytes(bytesDown)]
  switch (outcome.type) {
    case 'running':
      return [...start, UNKNOWN, UNKNOWN, UNKNOWN, 'not finished']
    case 'completed':
      return [
        ...start,
        outcome.loss === undefined ? UNKNOWN : decimals(outcome.loss, 4),
        outcome.accuracy === undefined ? UNKNOWN : percent(outcome.accuracy),
        decimals(outcome.seconds, 1),
      ]
    case 'abandoned':
      return [
        ...start,
        UNKNOWN,
        UNKNOWN,
        decimals(outcome.seconds, 1),
        `abandoned: ${plainText(outcome.reason)}`,
      ]
    default:
      return unreachable(outcome)
  }
}

const traffic = ({ bytesUp, bytesDown }: RoundRecord): string =>
  `  ${megabytes(bytesUp)} MB up  ${megabytes(bytesDown)} MB down`

/** Millions of bytes; three decimals below one, so that a small model's traffic is not 0.0. */
const megabytes = (bytes: number): string =>
  bytes < 1e6 ? (bytes / 1e6).toFixed(3) : (bytes / 1e6).toFixed(1)

const decimals = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : String(value)

const percent = (share: number): string => `${decimals(100 * share, 2)} %`
