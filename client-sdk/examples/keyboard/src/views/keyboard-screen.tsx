import { useEffect, useState } from 'react'
import type { Invited } from '../person.ts'
import type { Session } from '../session.ts'
import type { State } from '../state.ts'
import type { Story } from '../story.ts'
import { AccuracyPanel } from './accuracy-panel.tsx'
import { Phone } from './phone.tsx'
import { PromptsPanel } from './prompts-panel.tsx'
import { RoundPanel } from './round-panel.tsx'
import { TrafficPanel } from './traffic-panel.tsx'
import { YouPanel } from './you-panel.tsx'

export const KeyboardScreen = (props: { session: Session; state: State; invited: Invited }) => {
  const { session, state, invited } = props
  const [story, setStory] = useState<Story>()
  useEffect(() => {
    let here = true
    session.story.then(
      (told) => here && setStory(told),
      () => undefined,
    )
    return () => {
      here = false
    }
  }, [session])
  return (
    <main className="desk">
      <h1 className="unseen">A keyboard that learns</h1>
      <Phone session={session} state={state} />
      <div className="panels">
        {state.problem && (
          <div role="alert" className="problem">
            <p>{state.problem}</p>
            {(state.status.is === 'stopped' || state.status.is === 'idle') && (
              <button type="button" onClick={() => void session.tryAgain()}>
                Try again
              </button>
            )}
          </div>
        )}
        <RoundPanel state={state} />
        <AccuracyPanel judged={state.judged} story={story} />
        <PromptsPanel judged={state.judged} />
        <YouPanel session={session} state={state} story={story} invited={invited} />
        <TrafficPanel state={state} />
      </div>
    </main>
  )
}
