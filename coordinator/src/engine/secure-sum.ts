import type { ClientId } from '@tributary/protocols'
import type { Kernels } from '@tributary/protocols/kernels'
import {
  createMaskedSum,
  type Rows,
  recoverMasks,
  type Summing,
  type UnmaskJob,
  vectorLength,
} from '@tributary/protocols/secagg'
import { secureMean } from '@tributary/protocols/secure-round'
import type { Assignment } from '@tributary/protocols/task'

export type SecureMean =
  | {
      kind: 'mean'
      delta: Float32Array
      control?: Float32Array
      examples: number
      metrics: Record<string, number>
      /** The fraction that was within what the round clips to, where that follows the clients. */
      within?: number
    }
  | { kind: 'refused'; reason: 'wrong-dealing' | 'out-of-range' | 'aggregation-failed'; detail: string }

/** All masks of these jobs added up, modulo 2³²; rejects with the signal's reason once that has aborted. */
export type Unmask = (work: {
  sessionId: Uint8Array
  jobs: readonly UnmaskJob[]
  /** Values of the vector. */
  length: number
  signal?: AbortSignal
  /** In jobs. */
  progress?(progress: { done: number; of: number }): void
}) => Promise<Uint32Array>

/**
 * The mean of the survivors' updates, of which nothing else is ever unmasked. Vectors and masks are whole numbers modulo
 * 2³², so the sum is the same bytes whatever the order and however often it is begun (law 6).
 */
export const secureSum = async (
  {
    kernels,
    unmask,
    x25519,
  }: { kernels: Kernels; unmask: Unmask; x25519: Parameters<typeof recoverMasks>[2] },
  {
    session,
    rows,
    assignment,
    vectors,
  }: {
    session: Summing
    rows: Rows
    /** What the task makes of a delta. */
    assignment: Pick<Assignment, 'model' | 'compression'>
    /** Every survivor's masked vector as it was packed, or why there is none. */
    vectors: AsyncIterable<{ client: ClientId; packed: Uint8Array } | { lost: string }>
  },
): Promise<SecureMean> => {
  const { manifest } = session
  const recovery = recoverMasks(session, rows, x25519)
  if (recovery.kind === 'wrong-dealing')
    return {
      kind: 'refused',
      reason: 'wrong-dealing',
      detail: `client ${recovery.culprit} dealt shares of something else than it promised`,
    }
  const { sessionId, jobs } = recovery
  const layout = manifest.vector
  const sum = createMaskedSum({ layout, clients: manifest.cohort.most, kernels })
  const over = new AbortController()
  try {
    const masks = unmask({ sessionId, jobs, length: vectorLength(layout), signal: over.signal })
    masks.catch(() => {}) // awaited below, unless a vector is lost first
    const members = new Map(rows.session()?.clients.map((client, member) => [client, member]))
    for await (const vector of vectors) {
      if ('lost' in vector) return { kind: 'refused', reason: 'aggregation-failed', detail: vector.lost }
      const member = members.get(vector.client)
      if (member === undefined || sum.fold(member, vector.packed) !== 'folded')
        return {
          kind: 'refused',
          reason: 'aggregation-failed',
          detail: `the acknowledged vector of client ${vector.client} is not of the round’s layout`,
        }
    }
    sum.unmaskBy(await masks)
    const mean = secureMean({
      manifest,
      assignment,
      survivors: session.survivors.length,
      words: sum.words(),
      kernels,
    })
    return mean.kind === 'mean'
      ? mean
      : {
          kind: 'refused',
          reason: 'out-of-range',
          detail: `no honest updates add up to this sum: ${mean.segment} is out of range`,
        }
  } finally {
    over.abort(new Error('the sum has ended')) // before the secrets go that its masks are made of
    sum.release()
    for (const job of jobs) (job.kind === 'self' ? job.seed : job.secretKey).fill(0)
  }
}
