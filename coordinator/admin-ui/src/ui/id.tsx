import { useState } from 'react'
import { shortId } from '../format/short-id.ts'
import { Icon } from './icon.tsx'

/** An id, digest or key, cut where that is enough; the button copies all of it. */
export const Id = ({ of, whole = false }: { of: string; whole?: boolean }) => {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(of)
    setCopied(true)
    setTimeout(setCopied, 1_500, false)
  }
  return (
    <span className="id">
      <code title={of}>{whole ? of : shortId(of)}</code>
      {/* On plain HTTP browsers have no clipboard; the id can be selected. */}
      {'clipboard' in navigator && (
        <button type="button" className="icon-button" onClick={() => void copy()}>
          <Icon name={copied ? 'check' : 'copy'} />
          <span className="unseen">{copied ? 'Copied' : `Copy ${shortId(of)}`}</span>
        </button>
      )}
    </span>
  )
}
