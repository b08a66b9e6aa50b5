import { encode } from 'uqr'

/** A text as a QR code (ISO/IEC 18004), dark on light in both themes, as readers expect it. */
export const QrCode = ({ text, label }: { text: string; label: string }) => {
  const { data: rows, size } = encode(text, { ecc: 'M', border: 4 })
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
