import { Redirect, useLocation, useSearch, useSearchParams } from 'wouter'
import { Layout } from './layout/layout.tsx'
import { LiveProvider } from './live/live-provider.tsx'
import { safeReturnPath, signInPath } from './session/return-path.ts'
import { useSession } from './session/use-session.ts'
import { ProblemNotice } from './ui/problem-notice.tsx'
import { Routes } from './views/routes.tsx'
import { SignInView } from './views/sign-in/sign-in-view.tsx'

/** The console as the reader may see it: signing in comes before everything. */
export const App = () => {
  const { session, problem } = useSession()
  const [path] = useLocation()
  const search = useSearch()
  const [asked] = useSearchParams()
  const signingIn = path === '/sign-in'
  if (session === undefined)
    return (
      <main className="sign-in">
        {problem ? <ProblemNotice problem={problem} onRetry={() => location.reload()} /> : <p>Loading…</p>}
      </main>
    )
  if (session === null)
    return signingIn ? (
      <SignInView />
    ) : (
      <Redirect to={signInPath(search ? `${path}?${search}` : path)} replace />
    )
  if (signingIn) return <Redirect to={safeReturnPath(asked.get('to'))} replace />
  return (
    <LiveProvider>
      <Layout session={session}>
        <Routes />
      </Layout>
    </LiveProvider>
  )
}
