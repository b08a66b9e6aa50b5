import { type BenchRow, threeDigits } from './bench-row.ts'

/** What one bench measured, and on what. */
export type Section = { name: string; about: string; machine: string; rows: readonly BenchRow[] }

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

const sectionText = ({ name, about, machine, rows }: Section): string =>
  [
    `## ${name}`,
    '',
    about,
    '',
    `Machine: ${machine}.`,
    '',
    '| what | measured | ratio | aim | note |',
    '|---|--:|---|---|---|',
    ...rows.map(rowText),
  ].join('\n')

const rowText = ({ name, value, unit, ratio, note }: BenchRow): string => {
  const cells = [
    name,
    `${threeDigits(value)} ${unit}`,
    ratio ? `${threeDigits(ratio.value)} × ${ratio.of}` : '',
    ratio?.aim ?? '',
    note ?? '',
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
