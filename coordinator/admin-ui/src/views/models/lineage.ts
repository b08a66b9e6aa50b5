import type { ModelView } from '@tributary/protocols/rest'

/** What is drawn in a row of the rail: the version's own column, and lines through the row's upper and lower halves. */
export type RailRow = {
  version: number
  column: number
  /** Columns with a line from above, into this version or past it. */
  above: readonly { from: number; to: number }[]
  below: readonly { from: number; to: number }[]
  /** Columns the row needs. */
  width: number
}

/**
 * Whose weights a version's are made of: the base of its round, the version it was rolled back to. Imported and first weights
 * come from nowhere in the task.
 */
export const ancestorOf = ({ origin, parent }: ModelView): number | null => {
  switch (origin.kind) {
    case 'round':
      return parent
    case 'rollback':
      return origin.to
    case 'initial':
    case 'imported':
      return null
    default: {
      const never: never = origin
      return never
    }
  }
}

/** Rails for versions newest first, as histories of revisions are drawn: a column a line of descent, joined where they part. */
export const railsOf = (models: readonly ModelView[]): readonly RailRow[] => {
  /** The version that each column waits for. */
  const columns: (number | null)[] = []
  return models.map((model) => {
    const waiting = columns.flatMap((awaited, column) => (awaited === model.version ? [column] : []))
    const column = waiting[0] ?? freeColumn(columns)
    const above = columns.flatMap((awaited, from) =>
      awaited === null ? [] : [{ from, to: awaited === model.version ? column : from }],
    )
    for (const each of waiting) columns[each] = null
    columns[column] = ancestorOf(model)
    const below = columns.flatMap((awaited, each) => (awaited === null ? [] : [{ from: each, to: each }]))
    const width = 1 + Math.max(column, ...above.map(({ from }) => from), ...below.map(({ from }) => from))
    return { version: model.version, column, above, below, width }
  })
}

const freeColumn = (columns: readonly (number | null)[]): number => {
  const free = columns.indexOf(null)
  return free < 0 ? columns.length : free
}
