import type { Category, Dataset, Rows } from '../datasets/dataset.ts'
import { refuse } from '../scenarios/scenario-error.ts'

/** What a partitioner may know of the rows: never their features. */
export type PartitionRows = {
  readonly count: number
  /** By name: `label` of a classification, `group` where there are natural clients, and the set's own columns. */
  readonly categories: Readonly<Record<string, RowCategory>>
  /** By name: `target` of a regression, and the set's own columns. */
  readonly numbers: Readonly<Record<string, ArrayLike<number>>>
}

export type RowCategory = { readonly names: readonly string[]; readonly of: ArrayLike<number> }

/** The training or test rows of a data set, as partitioners see them. */
export const describeRows = (
  { count, targets, groups, columns }: Rows,
  task: Dataset['task'],
): PartitionRows => {
  const categories: Record<string, RowCategory> = {}
  const numbers: Record<string, ArrayLike<number>> = {}
  if (task.kind === 'classification') categories.label = { names: task.classes, of: targets }
  else numbers.target = targets
  if (groups) categories.group = groups
  for (const [name, column] of Object.entries(columns)) {
    if (column.kind === 'category') categories[name] = asCategory(column)
    else numbers[name] = column.values
  }
  return { count, categories, numbers }
}

/** @throws ScenarioError when the rows have no such category. */
export const categoryBy = (rows: PartitionRows, by: string, path = 'by'): RowCategory =>
  own(rows.categories, by) ?? refuse(path, `these rows have no category '${by}': ${choices(rows.categories)}`)

/** @throws ScenarioError when the rows have no such number. */
export const numberBy = (rows: PartitionRows, by: string, path = 'by'): ArrayLike<number> =>
  own(rows.numbers, by) ?? refuse(path, `these rows have no number '${by}': ${choices(rows.numbers)}`)

/** The rows of each name, ascending, empty ones too. */
export const rowsByName = ({ names, of }: RowCategory): number[][] => {
  const rows = names.map((): number[] => [])
  for (let row = 0; row < of.length; row++) rows[of[row] ?? 0]?.push(row)
  return rows
}

/** @throws ScenarioError when there are more clients than rows to give each `minimum`. */
export const checkClients = (rows: PartitionRows, clients: number, minimum = 1): void => {
  if (clients * minimum > rows.count)
    refuse(
      'clients',
      `${clients} clients of at least ${minimum} row${minimum === 1 ? '' : 's'} each need ${clients * minimum} rows, there are ${rows.count}: ask for ${Math.floor(rows.count / minimum)} clients at most`,
    )
}

const asCategory = ({ names, of }: Category): RowCategory => ({ names, of })

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const choices = (record: Readonly<Record<string, unknown>>): string => {
  const names = Object.keys(record)
  return names.length === 0 ? 'they have none' : `choose one of ${names.join(', ')}`
}
