import { createRoot } from 'react-dom/client'
import { invitedBy, personOf } from './person.ts'
import { openSession } from './session.ts'
import { App } from './views/app.tsx'
import { NotInvited } from './views/not-invited.tsx'
import './style.css'

const invited = invitedBy(location.hash, sessionStorage)
const root = createRoot(document.getElementById('app') as HTMLElement)
if (invited)
  root.render(
    <App session={openSession(personOf(location.search, sessionStorage), invited)} invited={invited} />,
  )
else root.render(<NotInvited />)

// The page itself opens without a network from its second visit on.
if (import.meta.env.MODE === 'production') void navigator.serviceWorker?.register('/service-worker.js')
