/** A digit task among real clients on real sockets: in the clear, summed securely, and with noise in shares besides. */
import {
  type ClientLine,
  createHttpBulk,
  endpointsOf,
  memoryModelCache,
  openSocketLine,
} from '@tributary/client-sdk'
import { createLinearTrainer, describeLinearModel, type Examples } from '@tributary/client-sdk/linear'
import { createParticipant } from '@tributary/client-sdk/participant'
import { loadEnvelopePrimitives, nodeVerify } from '@tributary/coordinator'
import { type RoundId, TaskId } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import type { ClientMessage } from '@tributary/protocols/messages'
import { seededRandom, systemClock, systemRandom, uniform } from '@tributary/protocols/runtime'
import { TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import { type Digits, loadDigits, nodeSigner } from '@tributary/simulations'
import type { Operator } from '../fleet/operator.ts'
import { enrolRawClient } from '../fleet/raw-client.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { until } from '../fleet/until.ts'

export type Privacy = 'clear' | 'secure' | 'private'

export type DigitsOptions = {
  clients: number
  rounds: number
  /** Share of the cohort that drops out of each round, at a step that chance picks. */
  dropout: number
  seed: number
  say?(line: string): void
}

export type DigitsResult = {
  accuracy: number
  epsilon: number | undefined
  survivors: number[]
  weights: Float32Array
}

const SIDE = 7
const FEATURES = SIDE * SIDE
const CLASSES = 10
/** Clipped to this; the noise is sized by it. */
const CLIP = 1
export const NOISE = 1

export const digitsTask = (
  { clients, rounds, dropout }: Pick<DigitsOptions, 'clients' | 'rounds' | 'dropout'>,
  privacy: Privacy,
): TaskFileInput => ({
  id: `digits-${privacy}`,
  model: describeLinearModel({ inputs: FEATURES, outputs: CLASSES }),
  plan: {
    epochs: 2,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.2 },
    loss: 'softmax-cross-entropy',
    clipNorm: CLIP,
  },
  cohort: {
    target: clients,
    overSelection: 1,
    quorum: Math.floor(clients * (1 - dropout) * 0.9),
    selectionSeconds: 60,
    trainingSeconds: 20,
  },
  privacy:
    privacy === 'clear'
      ? { mode: 'sealed' }
      : {
          mode: 'secure-aggregation',
          audience: clients >= 40 ? 'fleet' : 'demo',
          dropout: 0.3,
          stepSeconds: 8,
          maxExamples: 500,
          ...(privacy === 'private' && {
            differentialPrivacy: {
              mechanism: 'distributed',
              budget: { epsilon: 30, delta: 1e-5 },
              participation: { most: rounds },
              noiseMultiplier: NOISE,
              clipping: { kind: 'fixed', clipNorm: CLIP },
            },
          }),
        },
})

/** Runs the rounds, each with the same clients dropping out at the same steps, and judges the last version on writers who never train. */
export const runDigits = async (options: DigitsOptions, privacy: Privacy): Promise<DigitsResult> => {
  const { clients, rounds, say = () => {} } = options
  const digits = await loadDigits({ dataset: 'auto', clients, seed: options.seed })
  await using coordinator = await startCoordinator()
  const { operator, url } = coordinator
  const file = digitsTask(options, privacy)
  await operator.createTask(file)
  const leave = await joinAll(url, await operator.invite(clients), file, digits, options)
  try {
    const survivors: number[] = []
    for (let number = 1; number <= rounds; number++)
      survivors.push(await oneRound(operator, file.id, number, say))
    const weights = await operator.weights(file.id, rounds + 1)
    const { model, plan } = TaskFile.parse(file)
    const judge = createLinearTrainer({ examples: examplesOf(digits.heldOut) })
    const { accuracy = 0 } = (await judge.evaluate({ assignment: { model, plan }, weights })).metrics
    const newest = (await operator.models(file.id)).at(-1)
    const claim = newest?.origin.kind === 'round' ? newest.origin.privacy : undefined
    say(
      `${privacy}: accuracy ${(100 * accuracy).toFixed(2)} %${claim ? `, ε = ${claim.epsilon} at δ = ${claim.delta}` : ''}`,
    )
    return { accuracy, epsilon: claim?.epsilon ?? undefined, survivors, weights }
  } finally {
    await leave()
  }
}

const oneRound = async (operator: Operator, task: string, number: number, say: (line: string) => void) => {
  await operator.trigger(task)
  const round = await until(
    `round ${number}`,
    async () => {
      const now = await operator.round(`${task}.${number}`)
      return now.phase === 'completed' || now.phase === 'abandoned' ? now : undefined
    },
    { withinMs: 120_000, everyMs: 100 },
  )
  if (round.phase !== 'completed') throw new Error(`${round.id} was abandoned: ${JSON.stringify(round)}`)
  const seconds = (Date.parse(round.endedAt) - Date.parse(round.openedAt)) / 1_000
  say(`${round.id}: ${round.tally.received} of ${round.tally.invited} updates, ${seconds.toFixed(1)} s`)
  return round.tally.received
}

/** When a client drops out of a round. */
type Fall = 'declines' | 'fails' | 'says no shares' | 'opens nothing'
const FALLS: readonly Fall[] = ['declines', 'fails', 'says no shares', 'opens nothing']

const fallOf = (client: number, round: RoundId, { dropout, seed }: DigitsOptions): Fall | undefined => {
  const number = round.slice(round.indexOf('.') + 1)
  const random = seededRandom(seed).fork(`client ${client}, round ${number}`)
  return uniform(random) < dropout ? FALLS[Math.floor(uniform(random) * FALLS.length)] : undefined
}

const joinAll = async (
  url: string,
  token: string,
  file: TaskFileInput,
  digits: Digits,
  options: DigitsOptions,
): Promise<() => Promise<void>> => {
  const { primitives } = await loadEnvelopePrimitives()
  const endpoints = endpointsOf(url)
  const clock = systemClock()
  const secure = file.privacy?.mode === 'secure-aggregation'
  const participants = await Promise.all(
    digits.clients.map(async (writer, n) => {
      const { identity } = await enrolRawClient(
        url,
        token,
        identityFromSeed(systemRandom().bytes(32), nodeSigner),
      )
      let fall: Fall | undefined
      /** The same in every kind of privacy, so that their models can be compared. */
      let training = 0
      const trainer = createLinearTrainer({ examples: examplesOf(writer) })
      const participant = createParticipant({
        task: TaskId.parse(file.id),
        identity,
        connect: () => dropping(openSocketLine(endpoints), () => fall),
        bulk: createHttpBulk({ endpoints, clock, fetch: (at, init) => fetch(at, init) }),
        cache: memoryModelCache(),
        trainer: {
          train(job) {
            // In the clear there are no shares to say; the same clients are to be missing.
            if (fall === 'fails' || (!secure && fall === 'says no shares'))
              throw new Error('the battery is empty')
            return trainer.train({ ...job, seed: training })
          },
        },
        clock,
        random: systemRandom(),
        primitives,
        verify: nodeVerify,
        privacy: {
          audience:
            file.privacy?.mode === 'secure-aggregation' ? (file.privacy.audience ?? 'fleet') : 'fleet',
        },
        decide({ round }) {
          fall = fallOf(n, round, options)
          training = 1_000 * n + Number(round.slice(round.indexOf('.') + 1))
          return fall === 'declines' ? { kind: 'decline', reason: 'busy' } : { kind: 'accept' }
        },
        told() {},
        changed() {},
      })
      participant.join()
      return participant
    }),
  )
  await until('everyone to be there', () =>
    participants.every((one) => {
      const state = one.state()
      return state.phase === 'joined' && state.line.is === 'ready' && state.line.presence.is !== 'checking-in'
    }),
  )
  return async () => {
    for (const one of participants) one.leave()
    await Promise.all(participants.map((one) => one.settled()))
  }
}

const SWALLOWED: Partial<Record<Fall, ClientMessage['type']>> = {
  'says no shares': 'secagg-share',
  'opens nothing': 'secagg-unmask',
}

/** A line on which a client falls silent at its step. */
const dropping = (line: ClientLine, fall: () => Fall | undefined): ClientLine => ({
  ...line,
  send(message) {
    const now = fall()
    if (now === undefined || SWALLOWED[now] !== message.type) line.send(message)
  },
})

/** Images of 28 × 28 as means over squares of 4 × 4, 0 to 1. */
const examplesOf = ({ images, labels }: { images: Uint8Array; labels: Uint8Array }): Examples => {
  const inputs = new Float32Array(labels.length * FEATURES)
  for (let row = 0; row < labels.length; row++)
    for (let y = 0; y < 28; y++)
      for (let x = 0; x < 28; x++) {
        const at = row * FEATURES + Math.floor(y / 4) * SIDE + Math.floor(x / 4)
        inputs[at] = (inputs[at] ?? 0) + (images[row * 784 + y * 28 + x] ?? 0) / (255 * 16)
      }
  return { inputs, targets: labels }
}
