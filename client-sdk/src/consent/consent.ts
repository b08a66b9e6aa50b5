/** Whether the person whose device this is wants it to take part. Nothing is enrolled, trained, downloaded or uploaded before they do. */
import type { Clock } from '@tributary/protocols/platform'
import type { Gate } from '../attendance/gate.ts'
import { createEmitter } from '../emitter.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { loadJson, saveJson } from '../records/json-record.ts'
import { TributaryError } from '../tributary-error.ts'
import { CONSENT, ConsentRecord, wordingOf } from './consent-record.ts'

/**
 * `unasked`: nobody has answered yet, or has agreed to other words than these. `withdrawn`: there was consent, and by `withdraw` everything that
 * came of it on this device has been erased.
 */
export type ConsentState = 'unasked' | ConsentRecord['state']

/** What an app does with the consent of whoever uses it. */
export type Consent = {
  /** `unasked` until what is kept has been read (`whenRead`). */
  readonly state: ConsentState
  /** What was said last, as it is kept: when, and to which words. */
  readonly record: ConsentRecord | undefined
  /**
   * The state once it has been read from the client's records.
   * @throws TributaryError `storage-failed`; the next call reads again.
   */
  whenRead(): Promise<ConsentState>
  /**
   * The person agrees, to these words where they are given (else to the option `wording`). Of a text longer than 4 kB its digest is kept alone.
   * Where they decline or withdraw before it is kept, that stands.
   * @throws TributaryError `storage-failed`: then nothing is granted.
   */
  grant(given?: { wording?: string }): Promise<void>
  /** The person does not agree, or no longer: takes part no more, and keeps what there is. To erase it too, `client.withdraw()`. */
  decline(): Promise<void>
  /** Hears of every state, until the function that is returned is called. */
  on(listener: (state: ConsentState) => void): () => void
}

/** As the SDK itself uses it. */
export type ConsentBook = Consent & {
  gate: Gate
  /** By what is kept now, which another instance may have changed. @throws TributaryError `no-consent`, `storage-failed`. */
  require(): Promise<void>
  /** Reads again what is kept, and gives the state. @throws TributaryError `storage-failed`. */
  look(): Promise<ConsentState>
  /** From here on nothing is done, whether or not it can be kept. `keepWithdrawn` keeps it. */
  withdraw(): void
  keepWithdrawn(): Promise<void>
}

export type ConsentOptions = {
  /** `granted` where the app or the operator has it from elsewhere. What a person has declined or withdrawn on this device stands. */
  consent?: 'granted'
  /** The words that are agreed to. Consent to other words counts as `unasked`. */
  wording?: string
}

type ConsentNeeds = {
  records: RecordStore
  clock: Clock
  /** Hears that what was said here is kept. */
  kept?: () => void
  /** Hears that another instance, which shares the records, has withdrawn. */
  withdrawnElsewhere?: () => void
}

export const createConsent = ({
  records,
  clock,
  consent: fromElsewhere,
  wording: asked,
  kept,
  withdrawnElsewhere,
}: ConsentNeeds & ConsentOptions): ConsentBook => {
  const digest = asked === undefined ? undefined : wordingOf(asked).digest
  let record: ConsentRecord | undefined
  let state: ConsentState = 'unasked'
  let reading: Promise<unknown> | undefined
  let unreadable = false
  /** How often the person has said no: what they agreed to before the last of them is granted no more, however long keeping it took. */
  let refusals = 0
  let turn: Promise<unknown> = Promise.resolve()
  /** What was kept when that was last known, and how often that changed by what was said here: what is kept counts where another has changed it. */
  let known: { text: string | undefined } | undefined
  let said = 0
  const events = createEmitter<{ state: ConsentState }>((error) =>
    // There is nobody to tell: as with any event target, it is the platform's uncaught error.
    queueMicrotask(() => {
      throw error
    }),
  )

  const become = (next: ConsentRecord | undefined) => {
    record = next
    const before = state
    state = stateOf(next, { fromElsewhere: unreadable ? undefined : fromElsewhere, digest })
    if (state !== before) events.emit('state', state)
  }
  const refuse = (next: ConsentRecord) => {
    refusals += 1
    become(next)
  }
  /** In the order in which it was said, so that what was said last is what is there. */
  const keep = async (next: () => ConsentRecord): Promise<void> => {
    const mine = turn.then(() => save(next()))
    turn = mine.catch(() => undefined) // whoever asked hears of it
    await mine
    kept?.()
  }
  const save = async (next: ConsentRecord): Promise<void> => {
    said += 1
    await saveJson(records, CONSENT, next)
    said += 1
    known = { text: JSON.stringify(next) }
  }
  const look = async (): Promise<ConsentState> => {
    const saidBefore = said
    const found = await loadJson(records, CONSENT, ConsentRecord)
    // It may have been a no, which nothing from elsewhere overrules.
    const isUnreadable = found === undefined && (await records.load(CONSENT)) !== undefined
    // What was said while it was read, or before anything was, is newer.
    if (said !== saidBefore) return state
    const before = known
    known = { text: isUnreadable ? 'unreadable' : JSON.stringify(found) }
    if (before ? before.text === known.text : record) return state
    unreadable = isUnreadable
    const isNews = before && state !== 'withdrawn'
    become(found)
    if (isNews && found?.state === 'withdrawn') withdrawnElsewhere?.()
    return state
  }
  const read = async (): Promise<void> => {
    reading ??= look()
    try {
      await reading
    } catch (error) {
      reading = undefined
      throw error
    }
  }
  const answer = (state: ConsentRecord['state'], wording?: string): ConsentRecord => ({
    state,
    at: clock.now(),
    ...(wording !== undefined && { wording: wordingOf(wording) }),
  })
  const on = (listener: (state: ConsentState) => void) => events.on('state', listener)

  return {
    get state() {
      return state
    },
    get record() {
      return record
    },
    async whenRead() {
      await read()
      return state
    },
    async grant({ wording = asked } = {}) {
      const granted = answer('granted', wording)
      const before = refusals
      await keep(() => granted)
      if (refusals === before) become(granted)
    },
    async decline() {
      const declined = answer('declined')
      refuse(declined)
      await keep(() => declined)
    },
    on,
    async require() {
      if ((await look()) !== 'granted') throw noConsent(state)
    },
    look,
    withdraw: () => refuse(answer('withdrawn')),
    keepWithdrawn: () => keep(() => record ?? answer('withdrawn')),
    gate: {
      watch(told) {
        const tell = (now: ConsentState) =>
          told(now === 'granted' ? undefined : { by: 'consent', detail: detailOf(now) })
        tell(state)
        return on(tell)
      },
    },
  }
}

const stateOf = (
  record: ConsentRecord | undefined,
  { fromElsewhere, digest }: { fromElsewhere: 'granted' | undefined; digest: string | undefined },
): ConsentState => {
  if (!record) return fromElsewhere ?? 'unasked'
  const isToOtherWords = digest !== undefined && record.wording?.digest !== digest
  return record.state === 'granted' && isToOtherWords ? (fromElsewhere ?? 'unasked') : record.state
}

const detailOf = (state: ConsentState): string => {
  switch (state) {
    case 'declined':
      return 'the person whose device this is does not want to take part'
    case 'withdrawn':
      return 'consent has been withdrawn on this device'
    default:
      return 'nobody has agreed to taking part yet'
  }
}

const noConsent = (state: ConsentState) =>
  new TributaryError({
    code: 'no-consent',
    problem: detailOf(state),
    remedy:
      'Ask the person, then call client.consent.grant(); an app or operator that has consent from elsewhere gives the option consent: "granted"',
  })
