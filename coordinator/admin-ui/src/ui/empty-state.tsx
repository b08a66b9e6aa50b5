import type { ReactNode } from 'react'

/** What stands where nothing is yet: why, and what to do next. */
export const EmptyState = ({ title, children }: { title: string; children: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    <div>{children}</div>
  </div>
)
