import { ClientId } from '@tributary/protocols'
import type { CohortKernels } from '@tributary/protocols/cohort-kernels'
import { gathered } from './gathered.ts'
import type { Beginning, ClientUpdate, Combined, Strategy, StrategyState } from './strategy.ts'

export const clientOf = (n: number): ClientId => ClientId.parse(`c-${n.toString(16).padStart(32, '0')}`)

/** Updates with these deltas, each of a client of its own, in the order of client ids. */
export const updatesOf = (
  deltas: readonly ArrayLike<number>[],
  more: (n: number) => Partial<ClientUpdate> = () => ({}),
): ClientUpdate[] =>
  deltas.map((delta, n) => ({
    client: clientOf(n),
    delta: Float32Array.from(delta),
    examples: 1,
    ...more(n),
  }))

/** What a strategy makes of these updates as the engine feeds them to it; base and state are nothing unless given. */
export const combine = (
  strategy: Strategy,
  kernels: CohortKernels,
  updates: readonly ClientUpdate[],
  beginning: Partial<Beginning> = {},
): Combined => {
  const base = new Float32Array(updates[0]?.delta.length ?? 0)
  const running = gathered(strategy, { kernels, base, state: undefined, ...beginning })
  try {
    for (const update of updates) running.add(update)
    return running.finish()
  } finally {
    running.release()
  }
}

/** The same where it is not refused. */
export const made = (
  ...all: Parameters<typeof combine>
): { weights: Float32Array; state: StrategyState | undefined } => {
  const result = combine(...all)
  if (result.kind === 'refused') throw new Error(result.detail)
  return result
}

/** Float32 values as their bits: 0 and -0 differ, and any NaN would show. */
export const bits = (values: Float32Array): string[] =>
  Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (word) => word.toString(16))

/** The largest difference between values and what they should be. */
export const furthest = (values: ArrayLike<number>, exact: ArrayLike<number>): number =>
  Array.from(exact).reduce((most, value, i) => Math.max(most, Math.abs((values[i] ?? Number.NaN) - value)), 0)
