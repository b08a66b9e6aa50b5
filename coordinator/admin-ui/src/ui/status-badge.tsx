import type { ReactNode } from 'react'

export type Tone = 'good' | 'busy' | 'idle' | 'warning' | 'bad'

const SIGNS: Record<Tone, string> = { good: '●', busy: '◐', idle: '○', warning: '▲', bad: '■' }

/** A state in a word, told by its sign and word as well as by colour. */
export const StatusBadge = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={`badge badge-${tone}`}>
    <span aria-hidden="true">{SIGNS[tone]}</span> {children}
  </span>
)
