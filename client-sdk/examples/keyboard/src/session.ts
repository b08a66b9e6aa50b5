/** The app: one person, their lines, and the client that takes part for them. */
import { endpointsOf, TributaryError } from '@tributary/client-sdk'
import { createBrowserClient } from '@tributary/client-sdk/browser'
import type { CompactTrainer } from '@tributary/client-sdk/compact'
import { createWorkerTrainer } from '@tributary/client-sdk/worker'
import { PROMPTS } from './judge.ts'
import { ownLines } from './own-lines.ts'
import type { Invited } from './person.ts'
import { remainsOf } from './remains.ts'
import { createStore, nothingYet, type OwnRound, type Store } from './state.ts'
import { loadStory, type Story } from './story.ts'
import { watchTraffic } from './traffic.ts'
import { WORDING } from './wording.ts'
import { likeliest, unfinished, windowOf } from './words.ts'

export type Session = {
  person: string
  store: Store
  story: Promise<Story>
  agree(): Promise<void>
  decline(): Promise<void>
  /** Once more, after what `problem` says has kept this person from taking part. */
  tryAgain(): Promise<void>
  /** Three words that could be next, best first; none before there is a model. */
  suggest(text: string): Promise<string[]>
  /** This is how the person writes: it is learned from, here. */
  keep(lines: readonly string[]): Promise<void>
  setAirplane(on: 'on' | 'off'): Promise<void>
  eraseMe(): Promise<void>
}

const AIRPLANE = 'keyboard-airplane'
/** Frames and requests that the panel keeps in sight. */
const MOST_PASSED = 500
/** Lines that the phone keeps in sight. */
const MOST_LATEST = 20

export const openSession = (person: string, { coordinator, invitation }: Invited): Session => {
  const airplane = sessionStorage.getItem(AIRPLANE) === 'on'
  const store = createStore({ ...nothingYet, airplane })
  const lines = ownLines(person)
  const story = loadStory()
  let numbered = 0
  const traffic = watchTraffic(endpointsOf(coordinator), (passed) => {
    numbered += 1
    const next = { ...passed, number: numbered }
    const sent = passed.way === 'out' ? passed.bytes : undefined
    store.change((state) => ({
      passed: [...state.passed.slice(1 - MOST_PASSED), next],
      ...(sent !== undefined && {
        sent: { bytes: state.sent.bytes + sent, messages: state.sent.messages + 1 },
      }),
    }))
  })
  traffic.set(airplane ? 'off' : 'on')
  const trainer = createWorkerTrainer<CompactTrainer>({
    worker: () => new Worker(new URL('./train-worker.ts', import.meta.url), { type: 'module', name: person }),
    limits: { trainSeconds: 60 },
  })
  const client = createBrowserClient({
    profile: person,
    coordinator,
    task: 'keyboard',
    trainer,
    wording: WORDING,
    onInvitation: async () => ((await lines.count()) > 0 ? 'accept' : 'no-data'),
    surroundings: traffic.surroundings,
  })

  const round = (number: number, change: Partial<OwnRound>) =>
    store.change((state) => ({
      round: {
        stage: 'invited',
        fraction: 0,
        ...(state.round?.number === number && state.round),
        ...change,
        number,
      },
    }))
  client.on('state', (status) => store.change({ status }))
  client.on('progress', ({ round: id, fraction }) => round(numberOf(id), { stage: 'training', fraction }))
  client.on('trained', ({ round: id }) => round(numberOf(id), { stage: 'sealed', fraction: 1 }))
  client.on('failed', ({ round: id }) => round(numberOf(id), { stage: 'missed' }))
  client.on('submitted', ({ round: id }) => {
    round(numberOf(id), { stage: 'sent', fraction: 1 })
    store.change(({ contributed }) => ({ contributed: contributed + 1 }))
  })
  client.on('error', ({ code, message }) => {
    if (code !== 'not-enrolled') store.change({ problem: message })
  })
  client.consent.on((consent) => {
    // Erasing goes on after it has been said; `eraseMe` says when it is done.
    if (consent !== 'withdrawn') store.change({ consent })
  })

  let judging = Promise.resolve()
  client.on('model', ({ version }) => {
    store.change({ version, problem: undefined })
    judging = judging.then(judge, judge)
  })
  /** The newest version, unless it has been judged. */
  const judge = async () => {
    const version = client.model?.version
    if (version === undefined || store.get().judged.some((one) => one.version === version)) return
    const { metrics } = await client.evaluate()
    const said = await Promise.all(PROMPTS.map((prompt) => suggest(`${prompt} `)))
    const { top1 = 0, top3 = 0 } = metrics
    // Meanwhile there may be a newer one, which is judged next.
    if (client.model?.version !== version) return
    store.change(({ judged }) => ({ judged: [...judged, { version, top1, top3, said }] }))
  }

  const suggest = async (text: string): Promise<string[]> =>
    likeliest(await client.predict(windowOf(text)), { count: 3, beginning: unfinished(text) })

  /** Whom the coordinator does not know enrols first, once in its life. */
  const takePart = async () => {
    if (store.get().airplane) return
    try {
      await client.join()
    } catch (error) {
      const code = error instanceof TributaryError ? error.code : undefined
      if (code === 'left') return
      if (code !== 'not-enrolled') throw error
      await client.enrol(invitation)
      await client.join()
    }
  }
  const tryToTakePart = () =>
    takePart().catch((error: unknown) => store.change({ problem: problemOf(error) }))

  const ownLinesNow = async () => {
    const all = await lines.all()
    return { lines: all.length, latest: all.slice(-MOST_LATEST) }
  }

  const eraseMe = async () => {
    const { told } = await client.withdraw()
    trainer.dispose()
    await lines.erase()
    // Who is gone is in no airplane: a statement that is kept goes out, and whoever begins here anew takes part.
    sessionStorage.removeItem(AIRPLANE)
    traffic.set('on')
    const remains = await remainsOf(person)
    store.change(({ passed, sent, judged }) => ({
      ...nothingYet,
      consent: 'withdrawn',
      passed,
      sent,
      judged,
      erased: { told, remains },
    }))
  }

  const begin = async () => {
    const { judged } = await story.catch(() => ({ judged: [] }))
    store.change((state) => ({ judged: [...judged, ...state.judged] }))
    const consent = await client.consent.whenRead()
    store.change({ consent, ...(consent === 'granted' && (await ownLinesNow())) })
    if (consent === 'withdrawn')
      store.change({ erased: { told: 'before', remains: await remainsOf(person) } })
    if (consent !== 'granted') return
    // What this device has kept; `model` tells.
    await suggest('').catch(() => undefined)
    await tryToTakePart()
  }
  void begin().catch((error: unknown) => store.change({ problem: problemOf(error) }))

  return {
    person,
    store,
    story,
    async agree() {
      await client.consent.grant()
      store.change({ erased: undefined, problem: undefined, ...(await ownLinesNow()) })
      await tryToTakePart()
    },
    async tryAgain() {
      store.change({ problem: undefined })
      await tryToTakePart()
    },
    decline: () => client.consent.decline(),
    suggest: (text) => suggest(text).catch(() => []),
    async keep(texts) {
      await lines.add(texts)
      store.change(await ownLinesNow())
    },
    async setAirplane(to) {
      sessionStorage.setItem(AIRPLANE, to)
      store.change({ airplane: to === 'on' })
      if (to === 'on') await client.leave()
      traffic.set(to === 'on' ? 'off' : 'on')
      if (to === 'off') await tryToTakePart()
    },
    eraseMe: () => eraseMe().catch((error: unknown) => store.change({ problem: problemOf(error) })),
  }
}

const numberOf = (round: string): number => Number(round.split('.').at(-1))

/** An error of the SDK says what to do about it. */
const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
