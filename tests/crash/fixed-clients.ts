/** SDK clients whose keys and updates are fixed, and who remember every receipt that they were given. */
import {
  createHttpBulk,
  endpointsOf,
  FederatedClient,
  memoryKeyStore,
  type Upload,
  type UploadReceipt,
} from '@tributary/client-sdk'
import type { ClientId } from '@tributary/protocols'
import { seededRandom } from '@tributary/protocols/runtime'
import type { TensorManifest } from '@tributary/protocols/tensors'
import { totalElements } from '@tributary/protocols/tensors'
import { deltaOf } from '../fleet/line-trainer.ts'
import type { PlainUpdate } from '../fleet/reference-fedavg.ts'
import type { leapingClock } from './leaping-clock.ts'
import type { Moment, Privacy } from './plan.ts'

/** Large enough for an upload to come in pieces. */
export const FIXED_TENSORS: TensorManifest = [
  { name: 'kernel', shape: [100, 200], dtype: 'F32' },
  { name: 'bias', shape: [7], dtype: 'F32' },
]

/** Secure rounds have clients that can be lost, and enough left. */
export const clientsOf = ({ mode }: Privacy): number => (mode === 'sealed' ? 3 : 5)

export type Acknowledgement = { upload: Upload; receipt: UploadReceipt }

export type FixedClient = {
  id: ClientId
  client: FederatedClient
  acknowledged: readonly Acknowledgement[]
  /** Hands an update in again, as a client does that did not hear its receipt. */
  repeat(upload: Upload): ReturnType<ReturnType<typeof createHttpBulk>['upload']>
  /** What went wrong for it, as it told its app. */
  complaints: readonly Error[]
  /** Whether it has been acknowledged for this round, or been lost to it. */
  isDoneWith(round: string): boolean
  /** Takes part no longer, whatever it was at. */
  end(): Promise<void>
}

/** For which round, and whether it is still asked for. */
export type Training = { round: string; signal: AbortSignal }

type Options = {
  url: string
  seed: string
  clock: ReturnType<typeof leapingClock>
  saw(moment: Moment): void
  /** Waited for before a client of this number may hand in for a round. */
  turn(number: number, training: Training): Promise<void>
  /** Waited for before a client is lost in training: its keys are masks of others by then. */
  keysShared(training: Training): Promise<void>
  privacy: Privacy
}

/** Client `number` of the seed: its key, and what it adds to the weights, depend on nothing else and the round. */
export const fixedClient = async (number: number, options: Options): Promise<FixedClient> => {
  const { url, seed, clock, saw, privacy } = options
  const endpoints = endpointsOf(url)
  const bulk = createHttpBulk({ endpoints, clock })
  const acknowledged: Acknowledgement[] = []
  const complaints: Error[] = []
  let round = ''
  const loss = lossOf(number, privacy)
  const lostTo = new Set<string>()
  let restarting = Promise.resolve()
  let over = false
  /** As an app does that is started again: its key is kept, and nothing else. */
  const restart = async () => {
    await client.leave()
    if (!over) await client.join()
  }
  /** Once a round, and only a client that is to be. */
  const isLostNow = (how: Loss) => {
    if (loss !== how || lostTo.has(round) || over) return false
    lostTo.add(round)
    if (how !== 'stalled') restarting = restarting.then(restart).catch((error) => void complaints.push(error))
    return true
  }
  const client = new FederatedClient({
    coordinator: url,
    task: 'fixed',
    consent: 'granted',
    ...(privacy.mode === 'sealed' ? {} : { privacy: { audience: 'demo', requireSecureAggregation: true } }),
    keys: memoryKeyStore(seededRandom(`${seed}/client ${number}`).bytes(32)),
    trainer: {
      async train({ weights, signal }) {
        const trainingFor = round
        await options.turn(number, { round: trainingFor, signal })
        if (loss === 'in-training' && !lostTo.has(trainingFor))
          await options.keysShared({ round: trainingFor, signal })
        if (isLostNow('in-training') || isLostNow('stalled')) await aborted(signal)
        return {
          weights: trainedWeights(seed, number, trainingFor, weights),
          examples: examplesOf(number),
          metrics: {},
        }
      },
    },
    surroundings: {
      clock,
      bulk: {
        download: bulk.download,
        async upload(upload, signal) {
          saw('uploading')
          const answer = await bulk.upload(upload, signal)
          if (answer.kind === 'received') {
            acknowledged.push({ upload, receipt: answer.receipt })
            saw('acknowledged')
            isLostNow('when-acknowledged')
          }
          return answer
        },
      },
    },
  })
  client.on('invited', (invitation) => {
    round = invitation.round
    saw('invited')
    isLostNow('when-invited')
  })
  client.on('round-ended', () => saw('ended'))
  client.on('error', (error) => complaints.push(error))
  return {
    id: await client.id(),
    client,
    acknowledged,
    repeat: (upload) => bulk.upload(upload, AbortSignal.timeout(300_000)),
    complaints,
    isDoneWith: (round) => lostTo.has(round) || acknowledged.some(({ receipt }) => receipt.round === round),
    async end() {
      over = true
      await restarting
      await client.leave()
    },
  }
}

type Loss = Extract<Privacy, { mode: 'secure-aggregation' }>['lost']['how']

const lossOf = (number: number, privacy: Privacy): Loss | undefined =>
  privacy.mode !== 'sealed' && number < privacy.lost.clients ? privacy.lost.how : undefined

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })

/** The updates of a round that begins from these weights, by definition. */
export const fixedUpdates = (
  seed: string,
  clients: readonly ClientId[],
  round: string,
  received: Float32Array,
): PlainUpdate[] =>
  clients.map((client, number) => ({
    client,
    examples: examplesOf(number),
    delta: deltaOf({
      received,
      trained: trainedWeights(seed, number, round, received),
      examples: examplesOf(number),
      loss: 0,
    }),
  }))

/** The most that a client trains on. */
export const MOST_EXAMPLES = 50
/** No weight is moved by more. */
export const RANGE = 2

const examplesOf = (number: number) => 10 + 7 * number

const trainedWeights = (
  seed: string,
  number: number,
  round: string,
  received: Float32Array,
): Float32Array => {
  const [phase = 0] = seededRandom(`${seed}/${number}/${round}`).bytes(1)
  return received.map((weight, i) => Math.fround(weight + Math.sin((number + 1) * i + phase)))
}

/** What the weights of version 1 are. */
export const firstWeights = () => new Float32Array(totalElements(FIXED_TENSORS)).fill(1)
