import { plainText, type Segment, type Style, terminalLine } from '../terminal/terminal-text.ts'

export type Column<Row> = {
  title: string
  text(row: Row): string | number
  style?(row: Row): Style | undefined
  side?: 'right'
}

export type Shown = { colour: boolean; columns: number | undefined }

const GAP = '  '
const NARROWEST = 8

/**
 * Rows under titles, each column as wide as what stands in it. Where that is wider than the screen, the widest columns are
 * cut, to eight characters at least. Nothing in a cell steers the terminal.
 */
export const textTable = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { colour, columns: width = Number.POSITIVE_INFINITY }: Shown,
): string => {
  const cells = rows.map((row) => columns.map(({ text }) => plainText(String(text(row)))))
  const natural = columns.map(({ title }, i) =>
    cells.reduce((most, line) => Math.max(most, lengthOf(line[i] ?? '')), lengthOf(title)),
  )
  const widths = fitted(natural, width - GAP.length * (columns.length - 1))
  const lineOf = (texts: readonly string[], styleOf: (i: number) => Style | undefined): string => {
    const segments = texts.flatMap((text, i): Segment[] => {
      const cut = cutTo(text, widths[i] ?? 0)
      const blank = ' '.repeat((widths[i] ?? 0) - lengthOf(cut))
      const style = styleOf(i)
      const word: Segment = style === undefined ? [cut] : [cut, style]
      const before: Segment[] = i === 0 ? [] : [[GAP]]
      return [
        ...before,
        ...(columns[i]?.side === 'right' ? [[blank] as Segment, word] : [word, [blank] as Segment]),
      ]
    })
    return `${terminalLine(segments, { colour }).trimEnd()}\n`
  }
  const titles = columns.map(({ title }) => title)
  return [
    lineOf(titles, () => 'dim'),
    ...cells.map((line, at) => lineOf(line, (i) => columns[i]?.style?.(rows[at] as Row))),
  ].join('')
}

/** One field a line, its values under each other; what is undefined is left out. */
export const textFields = (
  fields: readonly (readonly [name: string, value: string | number | undefined])[],
): string => {
  const there = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, plainText(String(value))] as const],
  )
  const width = Math.max(0, ...there.map(([name]) => lengthOf(name)))
  return there.map(([name, value]) => `${name.padEnd(width)}${GAP}${value}\n`).join('')
}

const lengthOf = (text: string): number => [...text].length

const cutTo = (text: string, width: number): string =>
  lengthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`

/** The widths, with the widest made narrower until they are as wide as `room` together. */
const fitted = (natural: readonly number[], room: number): number[] => {
  const widths = [...natural]
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths))
    const wide = widths[widest] ?? 0
    if (wide <= NARROWEST) break
    widths[widest] = wide - 1
  }
  return widths
}
