import { useState } from 'react'
import { ActButton } from './act-button.tsx'
import './secret.css'

/** Text to be taken away whole: a token that is shown once, a piece of code. */
export const Secret = ({ label, text }: { label: string; text: string }) => {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <div className="secret">
      <div className="secret-head">
        <span>{label}</span>
        {/* On plain HTTP browsers have no clipboard; the text can be selected. */}
        {'clipboard' in navigator && (
          <ActButton onClick={() => void copy()}>{copied ? 'Copied' : 'Copy'}</ActButton>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the keyboard. */}
      <pre tabIndex={0}>{text}</pre>
    </div>
  )
}
