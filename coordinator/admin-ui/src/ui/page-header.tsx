import { Fragment, type ReactNode, useEffect } from 'react'
import { Link } from 'wouter'

type Crumb = { name: string; to: string }
type Props = { title: string; crumbs?: readonly Crumb[]; children?: ReactNode; beside?: ReactNode }

/** The head of a view: where it is, its title (the tab's too), what it is `beside` the title, and its acts. */
export const PageHeader = ({ title, crumbs = [], beside, children }: Props) => {
  useEffect(() => {
    document.title = `${title} · Tributary`
  }, [title])
  return (
    <header className="page-header">
      {crumbs.length > 0 && (
        <nav aria-label="Breadcrumb" className="crumbs">
          {crumbs.map(({ name, to }) => (
            <Fragment key={to}>
              <Link href={to}>{name}</Link>
              <span aria-hidden="true">/</span>
            </Fragment>
          ))}
        </nav>
      )}
      <div className="page-title">
        <h1>{title}</h1>
        {beside}
        {children && <div className="page-acts">{children}</div>}
      </div>
    </header>
  )
}
