import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  type Column as TableColumn,
  type Row as TableRow,
  tableFeatures,
  type Updater,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { ScrollFrame } from './scroll-frame.tsx'
import { useSearchValue } from './search-value.ts'
import './data-table.css'

export type Column<Row> = {
  name: string
  /** Empty over buttons alone. */
  title: string
  cell: (row: Row) => ReactNode
  /** What the column is ordered by; left out where no order makes sense. Null comes last. */
  order?: (row: Row) => string | number | null
  /** Numbers stand at the right. */
  numeric?: boolean
  /** In pixels, where the table is long and its columns must not move while it scrolls. */
  width?: number
}

type Props<Row> = {
  /** What the table holds; read out before it. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** Where the address keeps the order: another name for a second table of a view. */
  sortName?: string
  /** Called when the reader comes near the end. */
  onEnd?: () => void
  /** Hears which rows the reader sees, whenever those are others. */
  onShown?: (rows: readonly Row[]) => void
  /** What stands in place of an empty table. */
  empty: ReactNode
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })
type Features = typeof features

const ROW_HEIGHT = 36
/** Tables up to this length are drawn whole, so that the browser's own search finds everything in them. */
const DRAWN_WHOLE = 100

/** A table whose order the address keeps. A long one scrolls in its own frame and draws only the rows that show. */
export const DataTable = <Row extends object>(props: Props<Row>) =>
  props.rows.length === 0 ? props.empty : <Filled {...props} />

const Filled = <Row extends object>({
  label,
  columns,
  rows,
  rowKey,
  sortName = 'sort',
  onEnd,
  onShown,
}: Props<Row>) => {
  const [sort, setSort] = useSearchValue(sortName)
  const sorting = useMemo(() => sortingOf(sort), [sort])
  const defined = useMemo(() => {
    const helper = createColumnHelper<Features, Row>()
    return columns.map((column) =>
      helper.accessor((row): unknown => column.order?.(row) ?? undefined, {
        id: column.name,
        header: column.title,
        enableSorting: column.order !== undefined,
        sortUndefined: 'last',
        sortFn: ascending,
      }),
    )
  }, [columns])
  const table = useTable({
    features,
    columns: defined,
    data: rows,
    getRowId: rowKey,
    enableMultiSort: false,
    state: { sorting },
    onSortingChange: (change: Updater<SortingState>) => {
      const next = typeof change === 'function' ? change(sorting) : change
      setSort(next.map(({ id, desc }) => (desc ? `-${id}` : id)).join(''))
    },
  })
  const sorted = table.getRowModel().rows
  const long = sorted.length > DRAWN_WHOLE
  const frame = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: sorted.length,
    enabled: long,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const shown = virtual.getVirtualItems()
  const first = long ? (shown[0]?.index ?? 0) : 0
  const last = long ? (shown.at(-1)?.index ?? -1) : sorted.length - 1
  const nearEnd = last >= sorted.length - 20
  useEffect(() => {
    if (nearEnd) onEnd?.()
  }, [nearEnd, onEnd])
  useEffect(() => {
    onShown?.(sorted.slice(first, last + 1).map(({ original }) => original))
  }, [sorted, first, last, onShown])
  return (
    <div className="data-table">
      <ScrollFrame label={label} frame={frame} long={long}>
        <table className={long ? 'table table-long' : 'table'} aria-rowcount={sorted.length + 1}>
          <caption className="unseen">{label}</caption>
          <colgroup>
            {columns.map(({ name, width }) => (
              <col key={name} style={width === undefined ? undefined : { width }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.name} column={column} of={table.getColumn(column.name)} />
              ))}
            </tr>
          </thead>
          <tbody>
            <Space rows={first} columns={columns.length} />
            {sorted.slice(first, last + 1).map((row, index) => (
              <BodyRow key={row.id} row={row} columns={columns} number={first + index + 2} />
            ))}
            <Space rows={sorted.length - 1 - last} columns={columns.length} />
          </tbody>
        </table>
      </ScrollFrame>
    </div>
  )
}

const Head = <Row extends object>({
  column,
  of,
}: {
  column: Column<Row>
  of: TableColumn<Features, Row> | undefined
}) => {
  const order = of?.getIsSorted()
  const sorted = order === 'asc' ? 'ascending' : order === 'desc' ? 'descending' : undefined
  return (
    <th scope="col" className={column.numeric ? 'number' : undefined} aria-sort={sorted}>
      {column.order ? (
        <button type="button" className="sort" onClick={() => of?.toggleSorting()}>
          {column.title}
          <span aria-hidden="true" className="sort-sign">
            {order === 'asc' ? '↑' : order === 'desc' ? '↓' : '↕'}
          </span>
        </button>
      ) : (
        column.title || <span className="unseen">Acts</span>
      )}
    </th>
  )
}

const BodyRow = <Row extends object>({
  row,
  columns,
  number,
}: {
  row: TableRow<Features, Row>
  columns: readonly Column<Row>[]
  number: number
}) => (
  <tr aria-rowindex={number}>
    {columns.map(({ name, numeric, cell }) => (
      <td key={name} className={numeric ? 'number' : undefined}>
        {cell(row.original)}
      </td>
    ))}
  </tr>
)

/** Holds the place of rows that are not drawn. */
const Space = ({ rows, columns }: { rows: number; columns: number }) =>
  rows > 0 ? (
    <tr className="space">
      <td colSpan={columns} style={{ height: rows * ROW_HEIGHT }} />
    </tr>
  ) : null

const sortingOf = (sort: string): SortingState =>
  sort === '' ? [] : [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }]

const ascending = (
  a: { getValue: (name: string) => unknown },
  b: { getValue: (name: string) => unknown },
  name: string,
): number => {
  const [left, right] = [a.getValue(name), b.getValue(name)]
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left) < String(right) ? -1 : Number(String(left) !== String(right))
}
