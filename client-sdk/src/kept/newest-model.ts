/**
 * The newest model that this client has held, on its device: `predict` needs no network, and no older version takes its place. One record has
 * the model, whole; another, small, the highest version ever, which stands where there is no room for the model. What of it nobody trains is the
 * same in all versions, and is written once, to a record of its own.
 */
import { type Digest, ModelVersion, type TaskId } from '@tributary/protocols'
import { EncodedSignature, type EnvelopePrimitives } from '@tributary/protocols/crypto'
import { BlobRef } from '@tributary/protocols/messages'
import { digestOf } from '@tributary/protocols/tensors'
import * as z from 'zod/mini'
import type { LoadBlob } from '../participation/load-blob.ts'
import type { LoadedModel, loadModel, ModelSource } from '../participation/load-model.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { loadJson, saveJson } from '../records/json-record.ts'
import type { Pin } from '../trust/pin.ts'
import { pack, unpack } from './packed-record.ts'

export type NewestModel = {
  /** Reads, once for a pin, what was kept, and checks it as if it had just come: digests, and under a pin the signature. */
  restore(pin: Pin | undefined): Promise<Restored>
  /** Reads again, where what is kept by now is newer than the version that is `held`; what is older or equal by the time it is read is let be. */
  renew(pin: Pin | undefined, held: () => number): Promise<void>
  /** What has been read last: `undefined` until then. */
  restored(): LoadedModel | undefined
  /** Keeps this version, unless a newer one is kept. */
  hold(source: ModelSource, coordinator: string): Promise<void>
}

export type Restored = {
  model: LoadedModel | undefined
  /** Versions up to this one are not to be held (again): 0 for none. */
  newest: number
}

type Needs = {
  task: TaskId
  records: RecordStore
  primitives?: Pick<EnvelopePrimitives, 'sha256'>
  loadModel: typeof loadModel
  /** Hears of every newer version that is kept. */
  spread?: (version: ModelVersion) => void
  /** Hears of the model that was there. */
  found(model: LoadedModel): void
  /** Hears why a model that was there is not used. */
  distrusted(detail: string): void
  /** Hears, once, that the device does not keep what it is given. */
  fault(error: unknown): void
}

const Newest = z.strictObject({ version: ModelVersion })
const Kept = z.strictObject({
  model: z.strictObject({ version: ModelVersion, ...BlobRef.shape }),
  assignment: BlobRef,
  signature: z.optional(EncodedSignature),
  coordinator: z.string(),
})

export const createNewestModel = (needs: Needs): NewestModel => {
  const { task, records, fault } = needs
  const [small, whole, still] = [`newest.${task}`, `newest.${task}.model`, `newest.${task}.frozen`]
  let restoring: Promise<Restored> | undefined
  let readUnder: string | undefined
  let restored: LoadedModel | undefined
  let distrusted: ModelVersion | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const highest = async (): Promise<number> => (await loadJson(records, small, Newest))?.version ?? 0

  const read = async (pin: Pin | undefined, held: () => number): Promise<Restored> => {
    const floor = await highest()
    // A version that was held, and is not there to be used, may come once more.
    const without = { model: undefined, newest: Math.max(0, floor - 1) }
    const bytes = await records.load(whole)
    const kept = bytes && unpack(bytes, Kept)
    if (!kept || kept.of.model.version < floor) return without
    const { coordinator, ...said } = kept.of
    const why = pin?.objectionTo({ task, ...said }, coordinator)
    if (why) {
      if (distrusted === kept.of.model.version) return without
      distrusted = kept.of.model.version
      needs.distrusted(`of what this device has kept, ${why}`)
      return without
    }
    const loaded = await needs.loadModel(
      fromParts(kept.parts, () => records.load(still), needs.primitives),
      kept.of,
      NO_SESSION,
      NEVER,
    )
    if (loaded.kind !== 'loaded' || loaded.model.version <= held()) return without
    if (pin?.publicKey === readUnder) restored = loaded.model
    needs.found(loaded.model)
    return { model: loaded.model, newest: loaded.model.version }
  }

  let frozenDigest: Digest | undefined
  const keepFrozen = async (frozen: Uint8Array): Promise<void> => {
    const digest = digestOf(frozen, needs.primitives?.sha256)
    if (digest === frozenDigest) return
    const before = await records.load(still)
    if (!before || digestOf(before, needs.primitives?.sha256) !== digest) await records.save(still, frozen)
    frozenDigest = digest
  }

  /** What was read under another key does not count under this one. */
  const trust = (pin: Pin | undefined) => {
    if (readUnder === pin?.publicKey) return
    restoring = undefined
    restored = undefined
    readUnder = pin?.publicKey
  }

  return {
    restored: () => restored,
    restore(pin) {
      trust(pin)
      restoring ??= read(pin, NONE).catch((error: unknown) => {
        restoring = undefined
        fault(error)
        return { model: undefined, newest: 0 }
      })
      return restoring
    },
    async renew(pin, held) {
      try {
        trust(pin)
        await restoring
        if ((await highest()) <= held()) return
        const found = await read(pin, held)
        if (found.model) restoring = Promise.resolve(found)
      } catch (error) {
        fault(error)
      }
    },
    hold({ bytes, ...said }, coordinator) {
      const keep = async () => {
        const { version } = said.model
        const newest = await highest()
        if (newest > version) return
        try {
          if (bytes.frozen) await keepFrozen(bytes.frozen)
          await records.save(
            whole,
            pack({ ...said, coordinator } satisfies z.input<typeof Kept>, [bytes.assignment, bytes.weights]),
          )
        } catch (error) {
          fault(error)
          // What is there is older than what has been held, and only takes room.
          await records.erase(whole).catch(() => undefined)
        }
        await saveJson(records, small, { version } satisfies z.input<typeof Newest>)
        if (version > newest) needs.spread?.(version)
      }
      const mine = turn.then(keep).catch(fault)
      turn = mine
      return mine
    },
  }
}

/** The parts by their digests, as downloads are; what is none of them is the frozen part, if it is anything. */
const fromParts = (
  parts: readonly Uint8Array[],
  loadFrozen: () => Promise<Uint8Array | undefined>,
  primitives: Needs['primitives'],
): LoadBlob => {
  const among = (some: readonly (Uint8Array | undefined)[], { digest, bytes }: BlobRef) =>
    some.find((one) => one?.length === bytes && digestOf(one, primitives?.sha256) === digest)
  return async (ref) => {
    const part = among(parts, ref) ?? among([await loadFrozen()], ref)
    return part ? { kind: 'received', bytes: part } : { kind: 'refused', detail: 'it is not kept' }
  }
}

/** Nothing is asked of anybody. */
const NO_SESSION = { token: 'nothing-is-asked', expiresAt: 0 }
const NONE = () => 0
const NEVER = new AbortController().signal
