import type { TaskFileInput } from '@tributary/protocols/task'
import type { TensorManifest } from '@tributary/protocols/tensors'
import { LINE_TENSORS } from './line-trainer.ts'

type Wishes = Partial<
  Pick<TaskFileInput, 'id' | 'schedule' | 'stop' | 'privacy' | 'strategy' | 'mode' | 'compression'>
> & {
  /** Clients of a round: all of them are wanted unless a lower quorum is given. */
  clients: number
  quorum?: number
  /** Clients invited for each that is wanted. */
  overSelection?: number
  selectionSeconds?: number
  trainingSeconds?: number
}

const cohortOf = ({
  clients,
  quorum = clients,
  overSelection = 1,
  selectionSeconds = 60,
  trainingSeconds = 60,
}: Wishes) => ({
  target: clients,
  quorum,
  overSelection,
  selectionSeconds,
  trainingSeconds,
})

const plan = (epochs: number): TaskFileInput['plan'] => ({
  epochs,
  batchSize: 8,
  optimizer: { name: 'sgd', learningRate: 0.05 },
  loss: 'mean-squared-error',
})

/** For clients with a `lineTrainer`. */
export const lineTask = (wishes: Wishes): TaskFileInput => ({
  id: wishes.id ?? 'line',
  model: {
    format: 'custom',
    trainer: 'line',
    tensors: LINE_TENSORS,
    initial: { kind: 'seeded', seed: 7 },
  },
  plan: plan(20),
  cohort: cohortOf(wishes),
  schedule: wishes.schedule ?? { kind: 'manual' },
  ...(wishes.stop ? { stop: wishes.stop } : {}),
  ...(wishes.mode ? { mode: wishes.mode } : {}),
  ...(wishes.privacy ? { privacy: wishes.privacy } : {}),
  ...(wishes.strategy ? { strategy: wishes.strategy } : {}),
  ...(wishes.compression ? { compression: wishes.compression } : {}),
})

/** A model of tensors that nobody trains: for clients that say exactly what they send. */
export const vectorTask = (wishes: Wishes & { tensors: TensorManifest }): TaskFileInput => ({
  ...lineTask(wishes),
  id: wishes.id ?? 'vector',
  model: {
    format: 'custom',
    trainer: 'none',
    tensors: wishes.tensors.map((tensor) => ({
      ...tensor,
      dtype: 'F32' as const,
      initializer: 'ones' as const,
    })),
    initial: { kind: 'seeded', seed: 7 },
  },
})
