import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { FederatedClient } from '../client.ts'
import type { ConsentState } from '../consent/consent.ts'
import { messageOf } from '../tributary-error.ts'
import type { WatchedClient } from './client-view.ts'
import { type ConsentWords, ENGLISH } from './consent-words.ts'
import { useFederatedClient } from './use-federated-client.ts'

export type ConsentProps = {
  client: (WatchedClient & Pick<FederatedClient, 'withdraw'>) | undefined
  /** The question, as a heading. */
  title: string
  /** What it is for and what it costs, in the app's words. */
  children?: ReactNode
  /** What leaves the device, and what does not: one line each. */
  leaves: readonly string[]
  stays?: readonly string[]
  /** What is agreed to, as it is kept with the consent; left out, the client's option `wording`. */
  wording?: string
  /** In place of the English ones. */
  words?: Partial<ConsentWords>
  /** Done after consent has been given: to enrol and to join, for instance. What it throws is shown, and it can be tried again. */
  onGranted?(): void | Promise<void>
  /** Of the heading, 1 to 6; 2 where it is left out. */
  level?: 1 | 2 | 3 | 4 | 5 | 6
  className?: string
}

/**
 * Asks whether this device takes part, says what leaves it, and lets whoever has agreed stop or erase everything. Both answers look alike. It shows nothing
 * until what was answered before has been read. Style it by its class, `tributary-consent`, and the elements in it.
 */
export const Consent = ({
  client,
  title,
  children,
  leaves,
  stays = [],
  wording,
  words: given = {},
  onGranted,
  level = 2,
  className = 'tributary-consent',
}: ConsentProps) => {
  const words = { ...ENGLISH, ...given }
  const { consent } = useFederatedClient(client)
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const warning = useRef<HTMLParagraphElement>(null)
  const [isWarned, setWarned] = useState(false)
  const { isBusy, failure, act } = useActs()
  const { broken, begin } = useBeginning(client, onGranted)
  useEffect(() => {
    if (isWarned) warning.current?.focus()
  }, [isWarned])
  if (!client || consent === undefined) return null

  // The button that was pressed is gone when it is done: whoever listens or uses a keyboard goes on at the heading.
  const goOn = () => {
    setWarned(false)
    heading.current?.focus()
  }
  const grant = async () => {
    await client.consent.grant(wording === undefined ? {} : { wording })
    void begin()
  }
  const button = (text: string, done: () => unknown) => (
    <button type="button" aria-disabled={isBusy} style={EASY_TO_HIT} onClick={() => act(done).then(goOn)}>
      {text}
    </button>
  )

  const isBroken = consent === 'granted' && broken !== undefined
  const wrong = failure ?? (isBroken ? broken : undefined)
  const Heading = `h${level}` as const
  return (
    <section
      className={className}
      aria-labelledby={`${id}title`}
      aria-busy={isBusy}
      style={{ maxWidth: '40em' }}
    >
      <Heading id={`${id}title`} ref={heading} tabIndex={-1}>
        {title}
      </Heading>
      {children}
      <Lines id={`${id}leaves`} title={words.leaves} lines={leaves} />
      <Lines id={`${id}stays`} title={words.stays} lines={stays} />
      <p aria-live="polite">{isBroken ? '' : saidOf(consent, words)}</p>
      {wrong !== undefined && (
        <p role="alert">
          {words.failed} {wrong}
        </p>
      )}
      {isWarned && (
        <p ref={warning} tabIndex={-1}>
          {words.withdrawWarning}
        </p>
      )}
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.75em' }}>
        {isWarned ? (
          <>
            {button(words.withdrawCancel, () => undefined)}
            {button(words.withdrawConfirm, () => client.withdraw())}
          </>
        ) : consent === 'granted' ? (
          <>
            {isBroken && button(words.again, () => void begin())}
            {button(words.stop, () => client.consent.decline())}
            <button type="button" aria-disabled={isBusy} style={EASY_TO_HIT} onClick={() => setWarned(true)}>
              {words.withdraw}
            </button>
          </>
        ) : (
          <>
            {button(words.grant, grant)}
            {consent === 'unasked' && button(words.decline, () => client.consent.decline())}
          </>
        )}
      </div>
    </section>
  )
}

/** By a finger: WCAG 2.2 asks for 24 pixels (2.5.8). */
const EASY_TO_HIT = { minHeight: '2.5em', paddingInline: '1em' }

/** One act at a time, and what was wrong with the last one. */
const useActs = () => {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const act = async (done: () => unknown): Promise<void> => {
    if (isBusy) return
    setBusy(true)
    setFailure(undefined)
    try {
      await done()
    } catch (error) {
      setFailure(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, failure, act }
}

/**
 * What the app does once somebody has agreed, and what was wrong with it. It is no act: it may last, as joining does where nobody answers, and who
 * has agreed may stop meanwhile.
 */
const useBeginning = (client: ConsentProps['client'], onGranted: ConsentProps['onGranted']) => {
  const [broken, setBroken] = useState<string>()
  const begin = async (): Promise<void> => {
    setBroken(undefined)
    try {
      await onGranted?.()
    } catch (error) {
      // Who has stopped in the middle wanted it to end.
      if (client?.consent.state === 'granted') setBroken(messageOf(error))
    }
  }
  return { broken, begin }
}

/** A person who has said nothing yet is told nothing. */
const saidOf = (consent: ConsentState, words: ConsentWords) => (consent === 'unasked' ? '' : words[consent])

const Lines = ({ id, title, lines }: { id: string; title: string; lines: readonly string[] }) =>
  lines.length === 0 ? null : (
    <>
      <p id={id}>
        <strong>{title}</strong>
      </p>
      <ul aria-labelledby={id}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  )
