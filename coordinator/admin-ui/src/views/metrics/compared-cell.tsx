import { formatMeasure } from '../../format/number.ts'
import './metrics.css'

/** A number beside others, and how far it is from the first of them. */
export const ComparedCell = ({ value, difference }: { value: number | null; difference: number | null }) => (
  <td className="number">
    {value === null ? <span className="help">not measured</span> : formatMeasure(value)}
    {difference !== null && <span className="difference">{signed(difference)}</span>}
  </td>
)

const signed = (difference: number): string => {
  if (difference === 0) return '±0'
  return difference > 0 ? `+${formatMeasure(difference)}` : `−${formatMeasure(-difference)}`
}
