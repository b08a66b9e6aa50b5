/** Lines of comma-separated values, RFC 4180. */

export type Cell = string | number | null | undefined

/** What a spreadsheet takes for the beginning of a formula, wide forms too: OWASP, CSV injection. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/** One record with the end of its line. A text that would be a formula to a spreadsheet gets an apostrophe before it. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(fieldOf).join(',')}\r\n`

const fieldOf = (cell: Cell): string => {
  if (typeof cell !== 'string') return cell === null || cell === undefined ? '' : String(cell)
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
