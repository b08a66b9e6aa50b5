import type { ReactNode, RefObject } from 'react'

type Props = {
  label: string
  children: ReactNode
  /** Scrolls up and down in itself as well as sideways. */
  long?: boolean
  frame?: RefObject<HTMLElement | null>
}

/** What may be wider than the page and scrolls by itself, also by the keyboard. */
export const ScrollFrame = ({ label, children, long = false, frame }: Props) => (
  <section
    ref={frame}
    className={long ? 'scroll scroll-long' : 'scroll'}
    aria-label={label}
    // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll only what has the focus (WCAG 2.1.1).
    tabIndex={0}
  >
    {children}
  </section>
)
