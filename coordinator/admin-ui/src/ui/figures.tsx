import type { ReactNode } from 'react'

/** A few figures side by side, each with its name and, where it is not plain, what it means. */
export const Figures = ({ children }: { children: ReactNode }) => <dl className="figures">{children}</dl>

export const Figure = ({ name, note, children }: { name: string; note?: string; children: ReactNode }) => (
  <div className="figure">
    <dt>{name}</dt>
    <dd>{children}</dd>
    {note && <dd className="figure-note">{note}</dd>}
  </div>
)

/** Names and values, one a line. */
export const Facts = ({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) => (
  <dl className="facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
