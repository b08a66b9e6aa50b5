/** SDK clients with a model small enough to follow by hand. */
import {
  FederatedClient,
  type FederatedModel,
  memoryKeyStore,
  type PrivacyOptions,
} from '@tributary/client-sdk'
import type { ClientId, RoundId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { deltaOf, type LineTrainer, type LineTrainerOptions, lineTrainer, type Row } from './line-trainer.ts'
import type { PlainUpdate } from './reference-fedavg.ts'

export type LineClient = {
  id: ClientId
  client: FederatedClient<LineTrainer>
  trainer: LineTrainer
  /** What this client trained for a round, as its own arithmetic has it; `undefined` where it trained for none. */
  updateFor(round: string): PlainUpdate | undefined
  heard: {
    /** Rounds whose update was acknowledged. */
    submitted: RoundId[]
    models: FederatedModel[]
    ended: { round: RoundId; outcome: { kind: string } }[]
    failed: { round: RoundId; reason: string }[]
    errors: Error[]
  }
}

export type LineClientOptions = LineTrainerOptions & {
  url: string
  task?: string
  rows: readonly Row[]
  clock?: Clock
  onInvitation?: ConstructorParameters<typeof FederatedClient>[0]['onInvitation']
  privacy?: PrivacyOptions
}

/** A client that has enrolled and not yet joined. */
export const lineClient = async (token: string, options: LineClientOptions): Promise<LineClient> => {
  const { url, task = 'line', rows, clock, onInvitation, privacy, ...training } = options
  const trainer = lineTrainer(rows, training)
  const client = new FederatedClient({
    coordinator: url,
    task,
    trainer,
    consent: 'granted',
    keys: memoryKeyStore(),
    ...(onInvitation ? { onInvitation } : {}),
    ...(privacy ? { privacy } : {}),
    ...(clock ? { surroundings: { clock } } : {}),
  })
  const heard: LineClient['heard'] = { submitted: [], models: [], ended: [], failed: [], errors: [] }
  const rounds: RoundId[] = []
  client.on('invited', ({ round }) => rounds.push(round))
  client.on('submitted', ({ round }) => heard.submitted.push(round))
  client.on('model', (model) => heard.models.push(model))
  client.on('round-ended', (end) => heard.ended.push(end))
  client.on('failed', ({ round, reason }) => heard.failed.push({ round, reason }))
  client.on('error', (error) => heard.errors.push(error))
  const roundOf: RoundId[] = []
  const { train } = trainer
  trainer.train = async (job) => {
    const round = rounds.at(-1)
    if (!round) throw new Error('a training began without an invitation')
    const result = await train(job)
    roundOf.push(round)
    return result
  }
  const id = await client.enrol(token)
  return {
    id,
    client,
    trainer,
    heard,
    updateFor(round) {
      const made = trainer.trainings.filter((_, i) => roundOf[i] === round)
      if (made.length > 1) throw new Error(`client ${id} trained ${made.length} times for round ${round}`)
      const [training] = made
      return training && { client: id, delta: deltaOf(training), examples: training.examples }
    },
  }
}

/** Rows of one client's own line, in a scatter that depends on nothing but its number. */
export const rowsOf = (client: number, count = 4 + client): Row[] =>
  Array.from({ length: count }, (_, i) => {
    const x = [Math.sin(client * 7 + i), Math.cos(client * 3 + 2 * i)] as const
    return { x, y: 1.5 * x[0] - 0.5 * x[1] + 0.25 + 0.01 * Math.sin(11 * client + 5 * i) }
  })
