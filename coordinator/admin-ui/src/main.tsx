import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { SessionView } from '@tributary/protocols/rest'
import { createRoot } from 'react-dom/client'
import { ApiProvider } from './api/api-context.ts'
import { createApi } from './api/client.ts'
import { ProblemError } from './api/problem-error.ts'
import { App } from './app.tsx'
import { forgetSession } from './session/forget-session.ts'
import { SESSION_KEY } from './session/use-session.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/parts.css'
import { ToastProvider } from './ui/toasts.tsx'

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // Live events keep answers fresh; what they leave out of date is asked again by them.
      staleTime: 30_000,
      // Comparing ten thousand rows field by field takes longer than drawing the forty that show.
      structuralSharing: false,
      retry: (failures, error) => error instanceof ProblemError && error.status >= 500 && failures < 2,
    },
  },
})

const api = createApi({
  url: location.origin,
  csrf: () => cache.getQueryData<SessionView | null>(SESSION_KEY)?.csrf,
  signedOut: () => {
    if (cache.getQueryData(SESSION_KEY)) forgetSession(cache)
  },
})

const root = document.getElementById('console')
if (!root) throw new Error('index.html has no element named console')
createRoot(root).render(
  <QueryClientProvider client={cache}>
    <ApiProvider value={api}>
      <ToastProvider>
        <App />
      </ToastProvider>
    </ApiProvider>
  </QueryClientProvider>,
)
