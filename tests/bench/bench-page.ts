import { type BenchRow, threeDigits } from './bench-row.ts'

/** What one bench measured, and on what. */
export type Section = { name: string; about: string; machine: string } & (
  | { rows: readonly BenchRow[] }
  | { table: BenchTable }
)

/** Figures that are held against each other rather than against an aim; cells are text. */
export type BenchTable = { columns: readonly string[]; rows: readonly (readonly string[])[] }

const TITLE = `# Benchmarks

Written by \`npm run bench\`. Each ratio is of two figures measured in turns in one process on the machine named above the
table, so the ratios say more than the figures.
`

/**
 * The page with these sections in place of those of the same name; the page's other sections stay as they are. `order`
 * names all benches; a section whose bench is gone goes too.
 */
export const keepSections = (
  page: string,
  sections: readonly Section[],
  order: readonly string[],
): string => {
  const texts = new Map(
    page.split(/^(?=## )/m).map((text) => [/^## (.*)$/m.exec(text)?.[1] ?? '', text.trim()]),
  )
  for (const section of sections) texts.set(section.name, sectionText(section))
  return [TITLE.trim(), ...order.flatMap((name) => texts.get(name) ?? [])].join('\n\n').concat('\n')
}

const sectionText = ({ name, about, machine, ...measured }: Section): string =>
  [
    `## ${name}`,
    '',
    about,
    '',
    `Machine: ${machine}.`,
    '',
    ...('table' in measured ? tableText(measured.table) : rowsText(measured.rows)),
  ].join('\n')

const rowsText = (rows: readonly BenchRow[]): string[] => [
  '| what | measured | ratio | aim | note |',
  '|---|--:|---|---|---|',
  ...rows.map(({ name, value, unit, ratio, note }) =>
    lineOf([
      name,
      `${threeDigits(value)} ${unit}`,
      ratio ? `${threeDigits(ratio.value)} × ${ratio.of}` : '',
      ratio?.aim ?? '',
      note ?? '',
    ]),
  ),
]

const tableText = ({ columns, rows }: BenchTable): string[] => [
  lineOf(columns),
  `|${columns.map((_, at) => (at === 0 ? '---' : '--:')).join('|')}|`,
  ...rows.map(lineOf),
]

const lineOf = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
