import { useState } from 'react'
import { Icon } from './icon.tsx'

/** Copies a text; says so where it stands. On plain HTTP browsers have no clipboard, and there is no button. */
export const CopyButton = ({ text, of }: { text: string; of: string }) => {
  const [copied, setCopied] = useState(false)
  if (!('clipboard' in navigator)) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(setCopied, 1_500, false)
  }
  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} /> {copied ? 'Copied' : 'Copy'}
      <span className="unseen"> {of}</span>
    </button>
  )
}
