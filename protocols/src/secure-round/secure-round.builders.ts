/** Tasks of a small linear model, and what their secure rounds commit to. */
import { encodeNonce, encodePublicKey } from '../crypto/encoded.ts'
import { Digest, RoundId, TaskId } from '../ids.ts'
import { seedPartCommitment } from '../secagg/session.ts'
import { assignmentOf } from '../task/assignment.ts'
import { TaskFile, type TaskFileInput } from '../task/task-file.ts'
import { manifestOfRound } from './round-manifest.ts'

const digest = Digest.parse(`sha256:${'5c'.repeat(32)}`)

export const aSecureTask = ({
  shape,
  clipNorm,
  ...more
}: Pick<TaskFileInput, 'cohort' | 'privacy'> &
  Partial<Pick<TaskFileInput, 'strategy' | 'compression'>> & {
    shape: [number, ...number[]]
    clipNorm?: number
  }): TaskFile =>
  TaskFile.parse({
    id: 'digits',
    model: {
      format: 'custom',
      trainer: 'linear',
      tensors: [{ name: 'w', shape, dtype: 'F32' }],
      initial: { kind: 'seeded', seed: 1 },
    },
    plan: {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'mean-squared-error',
      clipNorm,
    },
    ...more,
  })

type Facts = Parameters<typeof manifestOfRound>[1]

export const aManifestOf = (
  file: TaskFile,
  { round = 'digits.3', ...facts }: Pick<Facts, 'cohort' | 'clip' | 'refines' | 'group'> & { round?: string },
) =>
  manifestOfRound(assignmentOf(file), {
    task: TaskId.parse('digits'),
    round: RoundId.parse(round),
    model: digest,
    plan: digest,
    coordinator: encodePublicKey(new Uint8Array(32).fill(9)),
    seedCommitment: encodeNonce(seedPartCommitment(new Uint8Array(32))),
    ...facts,
  })
