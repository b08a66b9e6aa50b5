import { formatBytes } from '../format/bytes.ts'
import { formatCount } from '../format/number.ts'

export const Bytes = ({ of }: { of: number }) => (
  <span title={`${formatCount(of)} bytes`}>{formatBytes(of)}</span>
)
