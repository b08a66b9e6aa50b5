import type { ModelView } from '@tributary/protocols/rest'
import type { RailRow } from './lineage.ts'

const COLUMN = 16
const HEIGHT = 40
const middle = HEIGHT / 2
const xOf = (column: number): number => COLUMN * column + COLUMN / 2

/** A row of the lineage: a dot for its version, lines for those it stands between. The words beside it say the same. */
export const Rail = ({
  row,
  width,
  kind,
}: {
  row: RailRow
  width: number
  kind: ModelView['origin']['kind']
}) => (
  <svg
    className="rail"
    width={width * COLUMN}
    height={HEIGHT}
    viewBox={`0 0 ${width * COLUMN} ${HEIGHT}`}
    aria-hidden="true"
  >
    {row.above.map(({ from, to }) => (
      <path
        key={from}
        d={
          from === to
            ? `M${xOf(from)} 0V${middle}`
            : `M${xOf(from)} 0C${xOf(from)} ${middle} ${xOf(to)} 0 ${xOf(to)} ${middle}`
        }
      />
    ))}
    {row.below.map(({ from }) => (
      <path key={from} d={`M${xOf(from)} ${middle}V${HEIGHT}`} />
    ))}
    <Dot x={xOf(row.column)} kind={kind} />
  </svg>
)

const Dot = ({ x, kind }: { x: number; kind: ModelView['origin']['kind'] }) => {
  switch (kind) {
    case 'round':
      return <circle className="rail-dot" cx={x} cy={middle} r={4.5} />
    case 'rollback':
      return <circle className="rail-dot rail-hollow" cx={x} cy={middle} r={4.5} />
    case 'initial':
    case 'imported':
      return <rect className="rail-dot" x={x - 4.5} y={middle - 4.5} width={9} height={9} />
    default: {
      const never: never = kind
      return never
    }
  }
}
