import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SessionView } from '@tributary/protocols/rest'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useApi } from '../api/api-context.ts'
import { forgetSession } from '../session/forget-session.ts'
import { ThemeSwitch } from '../theme/theme-switch.tsx'
import { Icon } from '../ui/icon.tsx'
import { SECTIONS } from '../views/sections.ts'
import { LineBadge } from './line-badge.tsx'

/** What stands around every view: skip link, navigation, who is signed in, how the line stands. */
export const Layout = ({ session, children }: { session: SessionView; children: ReactNode }) => {
  const [path] = useLocation()
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="Tributary" width="22" height="22" />
          <span className="brand-name" aria-hidden="true">
            Tributary
          </span>
        </Link>
        <LineBadge />
        <ThemeSwitch />
        <Who session={session} />
      </header>
      <nav className="side" aria-label="Views">
        {SECTIONS.map(({ path: to, title, icon }) => (
          <Link key={to} href={to} aria-current={isWithin(path, to) ? 'page' : undefined}>
            <Icon name={icon} />
            {title}
          </Link>
        ))}
      </nav>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  )
}

const isWithin = (path: string, section: string): boolean =>
  section === '/' ? path === '/' : path === section || path.startsWith(`${section}/`)

const Who = ({ session }: { session: SessionView }) => {
  const api = useApi()
  const cache = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => api.delete('/session'),
    onSuccess: () => forgetSession(cache),
  })
  return (
    <div className="who">
      <span className="who-name" title={session.name}>
        {session.name}
      </span>
      <span className="who-role">{session.role}</span>
      <button type="button" className="icon-button" title="Sign out" onClick={() => signOut.mutate()}>
        <Icon name="out" />
        <span className="unseen">Sign out</span>
      </button>
    </div>
  )
}
