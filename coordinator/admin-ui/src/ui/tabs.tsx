import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useSearchValue } from './search-value.ts'

type Tab = { name: string; title: string; content: () => ReactNode }

/** Parts of a view, each with an address of its own: `?tab=rounds`; the first needs none. */
export const Tabs = ({ label, tabs }: { label: string; tabs: readonly Tab[] }) => {
  const [path] = useLocation()
  const [asked] = useSearchValue('tab')
  const shown = tabs.find(({ name }) => name === asked) ?? tabs[0]
  return (
    <>
      <nav className="tabs" aria-label={label}>
        {tabs.map((tab, index) => (
          <Link
            key={tab.name}
            className="tab"
            href={index === 0 ? path : `${path}?tab=${tab.name}`}
            aria-current={tab === shown ? 'page' : undefined}
          >
            {tab.title}
          </Link>
        ))}
      </nav>
      {shown?.content()}
    </>
  )
}
