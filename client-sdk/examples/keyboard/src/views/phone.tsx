import { useEffect, useRef, useState } from 'react'
import type { Session } from '../session.ts'
import type { State } from '../state.ts'
import { spelled, withWord } from '../words.ts'
import { Keys } from './keys.tsx'

export const Phone = ({ session, state }: { session: Session; state: State }) => {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const suggestions = useSuggestions(session, text, state.version)

  const keep = () => {
    const line = text.trim()
    if (line === '') return
    setText('')
    void session.keep([line])
  }
  const type = (key: string) => {
    setText(key === 'backspace' ? text.slice(0, -1) : text + key)
    field.current?.focus()
  }
  return (
    <section className="phone" aria-label={`The phone of ${session.person}`}>
      <header className="bar">
        <span className="person">{session.person}</span>
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            checked={state.airplane}
            aria-checked={state.airplane}
            onChange={({ target }) => void session.setAirplane(target.checked ? 'on' : 'off')}
          />
          <span>Airplane mode</span>
        </label>
      </header>
      <div className="thread">
        <Thread latest={state.latest} />
      </div>
      <div className="writing">
        <label className="unseen" htmlFor="line">
          Your line
        </label>
        <textarea
          id="line"
          ref={field}
          rows={2}
          value={text}
          inputMode="none"
          placeholder="Write a line"
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            keep()
          }}
        />
        <button type="button" className="primary" disabled={text.trim() === ''} onClick={keep}>
          Keep
        </button>
      </div>
      <ul className="suggestions" aria-label="Suggestions">
        {[0, 1, 2].map((place) => {
          const word = suggestions[place]
          return (
            <li key={place}>
              <button
                type="button"
                disabled={word === undefined}
                onClick={() => {
                  if (word !== undefined) setText(withWord(text, word))
                  field.current?.focus()
                }}
              >
                {word === undefined ? <span aria-hidden="true">…</span> : spelled(word, text)}
              </button>
            </li>
          )
        })}
      </ul>
      <Keys onKey={type} onEnter={keep} />
    </section>
  )
}

const Thread = ({ latest }: { latest: readonly string[] }) => {
  const end = useRef<HTMLLIElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is scrolled to.
  useEffect(() => {
    // In braces: newer browsers answer with a promise, and what an effect returns is called when it ends.
    void end.current?.scrollIntoView({ block: 'nearest' })
  }, [latest])
  return latest.length === 0 ? (
    <p className="quiet">
      Write as people do in Shakespeare’s plays, or as you do. Lines that you keep are what this keyboard
      learns from.
    </p>
  ) : (
    <ul>
      {latest.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line may be written twice, and none has a state of its own.
        <li key={at} ref={at === latest.length - 1 ? end : undefined}>
          {line}
        </li>
      ))}
    </ul>
  )
}

/** The latest answer for the latest text. They stay in sight until the next are there. */
const useSuggestions = (session: Session, text: string, version: number | undefined): readonly string[] => {
  const [words, setWords] = useState<readonly string[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer version suggests anew.
  useEffect(() => {
    let latest = true
    void session.suggest(text).then((suggested) => {
      if (latest) setWords(suggested)
    })
    return () => {
      latest = false
    }
  }, [session, text, version])
  return words
}
