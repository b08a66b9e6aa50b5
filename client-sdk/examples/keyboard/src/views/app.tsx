import { useSyncExternalStore } from 'react'
import type { Invited } from '../person.ts'
import type { Session } from '../session.ts'
import { ConsentScreen } from './consent-screen.tsx'
import { ErasedScreen } from './erased-screen.tsx'
import { KeyboardScreen } from './keyboard-screen.tsx'

export const App = ({ session, invited }: { session: Session; invited: Invited }) => {
  const state = useSyncExternalStore(session.store.subscribe, session.store.get)
  switch (state.consent) {
    case 'reading':
      return <main className="sheet" aria-busy="true" />
    case 'granted':
      return <KeyboardScreen session={session} state={state} invited={invited} />
    case 'withdrawn':
      return <ErasedScreen session={session} state={state} />
    default:
      return <ConsentScreen session={session} state={state} />
  }
}
