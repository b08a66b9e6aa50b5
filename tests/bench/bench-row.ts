/** One measured figure, with what it is measured against in the same run. */
export type BenchRow = {
  name: string
  value: number
  unit: string
  /** value of this ÷ value of `of`, unless the name of `of` says otherwise. */
  ratio?: { of: string; value: number; aim?: string }
  note?: string
}

/** The rows as an aligned table. */
export function formatBenchRows(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ name, value, unit, ratio, note }) => [
    name,
    `${threeDigits(value)} ${unit}`,
    ratio ? `${threeDigits(ratio.value)}× ${ratio.of}` : '',
    ratio?.aim ? `aim ${ratio.aim}` : '',
    note ?? '',
  ])
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? []
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
