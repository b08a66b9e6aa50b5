/** This client's own vector of a task, between rounds and across them. */
import type { Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import type { CarriedByClients } from '@tributary/protocols/task'
import type { RecordStore } from '../ports/record-store.ts'
import { decodeNamed, encodeNamed } from './named-vector.ts'

/**
 * Whose vector it is: of this strategy, which has gone on without a break since this version; or what updates of this assignment have left
 * out. A task has one or the other.
 */
export type VariateOf = { strategy: CarriedByClients; since: ModelVersion } | { residual: Digest }

export type Variates = {
  /** The vector; zero where none is kept for it, or none of this length that can be read. */
  load(of: VariateOf & { length: number }): Promise<Float32Array>
  /** What the round has made of it, once the coordinator has the update that goes with it. */
  keep(round: RoundId, variate: Uint8Array): Promise<void>
  /** The round came to nothing: what was kept of it is undone. */
  undo(round: RoundId): Promise<void>
  erase(): Promise<void>
}

/** One thing after the other, however they are asked for. What was there before a round is known for as long as this lives. */
export const createVariates = ({ task, store }: { task: TaskId; store: RecordStore }): Variates => {
  let last: { round: RoundId; before: Uint8Array | undefined } | undefined
  let undone: RoundId | undefined
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined) // whoever asked hears of it
    return mine
  }
  return {
    load: ({ length, ...of }) =>
      inTurn(async () => {
        const bytes = await store.load(task)
        return (bytes && decodeNamed(bytes, nameOf(of), length)) ?? new Float32Array(length)
      }),
    keep: (round, variate) =>
      inTurn(async () => {
        if (undone === round) return
        const before = await store.load(task)
        // An update that is offered again, after a restart say, brings what is here already.
        if (before && isEqual(before, variate)) return
        await store.save(task, variate)
        last = { round, before }
      }),
    undo: (round) =>
      inTurn(async () => {
        undone = round
        if (last?.round !== round) return
        const { before } = last
        await (before ? store.save(task, before) : store.erase(task))
        last = undefined
      }),
    erase: () =>
      inTurn(async () => {
        await store.erase(task)
        last = undefined
      }),
  }
}

/** A vector as it is kept. */
export const encodeVariate = ({ values, ...of }: VariateOf & { values: Float32Array }): Uint8Array =>
  encodeNamed(nameOf(of), values)

const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i])

const nameOf = (of: VariateOf): string =>
  'residual' in of ? `residual.${of.residual}` : `${of.strategy}.${of.since}`
