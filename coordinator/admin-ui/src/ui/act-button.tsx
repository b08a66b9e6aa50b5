import type { RoleName } from '@tributary/protocols/rest'
import { type ReactNode, useId } from 'react'
import { useWhyNot } from '../session/use-session.ts'

type Props = {
  children: ReactNode
  onClick?: () => void
  type?: 'button' | 'submit'
  tone?: 'plain' | 'primary' | 'danger'
  /** The role that the act needs. */
  needs?: RoleName
  /** Why it cannot be done at this moment, in words. */
  unless?: string | undefined
  busy?: boolean
}

/** A button for an act. One that cannot be pressed keeps its place in the tab order and says why. */
export const ActButton = ({
  children,
  onClick,
  type = 'button',
  tone = 'plain',
  needs,
  unless,
  busy,
}: Props) => {
  const reasonId = useId()
  const notAllowed = useWhyNot(needs)
  const reason = notAllowed ?? unless
  const off = reason !== undefined || busy === true
  return (
    <>
      <button
        type={type}
        className={`button button-${tone}`}
        aria-disabled={off || undefined}
        aria-busy={busy || undefined}
        aria-describedby={reason ? reasonId : undefined}
        title={reason}
        onClick={(event) => {
          if (!off) return onClick?.()
          event.preventDefault()
        }}
      >
        {children}
      </button>
      {reason && (
        <span id={reasonId} className="unseen">
          {reason}
        </span>
      )}
    </>
  )
}
