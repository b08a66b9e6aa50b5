import { useId, useState } from 'react'
import { addressOf, type Invited } from '../person.ts'
import type { Session } from '../session.ts'
import type { State } from '../state.ts'
import type { Story } from '../story.ts'

/** Lines of a role that somebody begins with. */
const AT_ONCE = 60

export const YouPanel = ({
  session,
  state,
  story,
  invited,
}: {
  session: Session
  state: State
  story: Story | undefined
  invited: Invited
}) => {
  const chosen = useId()
  const [name, setName] = useState('')
  const [other] = useState(() => `guest-${crypto.randomUUID().slice(0, 4)}`)
  const [erasing, setErasing] = useState<'no' | 'asked' | 'at it'>('no')
  const speaker = story?.leftOut.find((one) => one.name === name) ?? story?.leftOut[0]
  return (
    <section aria-labelledby="you-title" className="panel you">
      <h2 id="you-title">You: {session.person}</h2>
      <p>
        <strong data-testid="lines">{state.lines}</strong> {state.lines === 1 ? 'line' : 'lines'} of yours to
        learn from, in this browser.
      </p>
      {story && speaker && (
        <form
          className="speak"
          onSubmit={(event) => {
            event.preventDefault()
            void session.keep(speaker.lines.slice(0, AT_ONCE))
          }}
        >
          <label htmlFor={chosen}>Or begin with the lines of somebody who is not here</label>
          <span className="row">
            <select id={chosen} value={speaker.name} onChange={({ target }) => setName(target.value)}>
              {story.leftOut.map((one) => (
                <option key={one.name}>{one.name}</option>
              ))}
            </select>
            <button type="submit">Take {Math.min(AT_ONCE, speaker.lines.length)} lines</button>
          </span>
        </form>
      )}
      <p>
        <a href={addressOf(other, invited)} target="_blank" rel="noreferrer">
          Open another person’s keyboard
        </a>
      </p>
      {erasing === 'no' ? (
        <button type="button" className="danger" onClick={() => setErasing('asked')}>
          Erase me …
        </button>
      ) : (
        <fieldset className="confirm" aria-label="Erase me">
          <p>
            Lines, key, models and memory of this person are deleted here, and the coordinator is told. This
            cannot be undone.
          </p>
          <span className="row">
            <button
              type="button"
              className="danger"
              disabled={erasing === 'at it'}
              onClick={() => {
                setErasing('at it')
                void session.eraseMe().finally(() => setErasing('no'))
              }}
            >
              Erase everything of me
            </button>
            <button type="button" disabled={erasing === 'at it'} onClick={() => setErasing('no')}>
              Keep me
            </button>
          </span>
        </fieldset>
      )}
    </section>
  )
}
