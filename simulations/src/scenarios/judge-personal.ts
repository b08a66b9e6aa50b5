/** Each client's own model, and the shared one, on the rows that the client held out. */
import { createPersonalTraining } from '@tributary/client-sdk/personal'
import type { TaskId } from '@tributary/protocols'
import { integerBelow, type SeededRandom } from '@tributary/protocols/runtime'
import { type Assignment, cutOf } from '@tributary/protocols/task'
import type { TrainingPool } from '../training/pool.ts'
import { type ClientMemory, personalIn } from '../world/client-memory.ts'
import { fineTuning } from './fine-tuning.ts'
import type { ScenarioPersonalization } from './personalization.ts'
import { scoreOf } from './score.ts'

export type ClientScore = { loss: number; accuracy: number }

export type PersonalResult = {
  /** By the client's number. */
  client: number
  /** Rows that were held out, and rows that it trained on. */
  examples: number
  trained: number
  /** Of the shared model; left out where each client has layers of its own that the shared one has nothing for. */
  shared?: ClientScore
  /** Of the client's own; left out where it has none, since it never took part. */
  own?: ClientScore
}

type Needs = {
  pool: TrainingPool
  task: TaskId
  assignment: Assignment
  /** The shared model's. */
  weights: Float32Array
  parts: readonly Uint32Array[]
  held: readonly Uint32Array[]
  personalization: ScenarioPersonalization | undefined
  /** What each client has kept, by its number. */
  clients: ReadonlyMap<number, ClientMemory>
  random: SeededRandom
}

/** Clients that held nothing out are left out. */
export const judgePersonal = async (needs: Needs): Promise<PersonalResult[]> => {
  const { pool, assignment, weights, parts, held } = needs
  const judge = async (of: Float32Array, rows: Uint32Array) =>
    scoreOf(await pool.judge({ assignment, weights: of, split: 'train', rows }))
  const hasShared = cutOf(assignment).ownElements === 0
  const ownOf = ownWeights(needs)
  const clients = held.flatMap((rows, client) => (rows.length > 0 ? [client] : []))
  return Promise.all(
    clients.map(async (client): Promise<PersonalResult> => {
      const rows = held[client] ?? new Uint32Array()
      const mine = await ownOf(client)
      const [shared, own] = await Promise.all([
        hasShared ? judge(weights, rows) : undefined,
        mine && judge(mine, rows),
      ])
      const trained = parts[client]?.length ?? 0
      return { client, examples: rows.length, trained, ...(shared && { shared }), ...(own && { own }) }
    }),
  )
}

/** The weights that a client of this number would use. */
const ownWeights = ({
  pool,
  task,
  assignment,
  weights,
  parts,
  personalization,
  clients,
  random,
}: Needs): ((client: number) => Promise<Float32Array | undefined>) => {
  if (personalization?.kind !== 'fine-tune')
    return async (client) => {
      const memory = clients.get(client)
      if (!memory) return undefined
      const shared = { assignment, weights }
      const own = await createPersonalTraining({ store: personalIn(memory) }).own(task, shared)
      return own === shared ? undefined : own.weights
    }
  const tuning = fineTuning(assignment, personalization)
  const start = tuning.into(weights)
  return async (client) => {
    const seed = integerBelow(random.fork(`client ${client}`), 2 ** 32)
    const rows = parts[client] ?? new Uint32Array()
    const { assignment: tuned } = tuning
    const result = await pool.train({ assignment: tuned, plan: tuned.plan, weights: start, rows, seed })
    return tuning.back(result.weights)
  }
}
