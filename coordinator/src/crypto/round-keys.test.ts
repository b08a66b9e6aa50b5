import { RoundId, TaskId } from '@tributary/protocols'
import { decodeKeyText, EnvelopeError, keyPairFromSecret, seal, toHex } from '@tributary/protocols/crypto'
import { seededRandom, systemRandom } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { aModel, aSelecting, aTask } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { StorageError } from '../faults/storage.ts'
import type { Change, Store } from '../ports/store.ts'
import { clientOf, digestOf } from '../round/round.builders.ts'
import { loadEnvelopePrimitives } from './native-primitives.ts'
import { deriveKey } from './own-key.ts'
import { createRoundKeys } from './round-keys.ts'

const { primitives } = await loadEnvelopePrimitives()
const round = RoundId.parse('digits.1')
const other = RoundId.parse('words.1')
const ownKey = new Uint8Array(32).fill(1)
const context = { task: TaskId.parse('digits'), round, client: clientOf(1), model: digestOf(7) }
const plaintext = new TextEncoder().encode('a delta')

/** Round keys as a process has them: over a store that outlives it. */
const process = (store: Pick<Store, 'roundKey' | 'commit'>, more: { ownKey?: Uint8Array } = {}) =>
  createRoundKeys({ store, random: systemRandom(), ownKey, primitives, ...more })

/** Tables in which both rounds select. */
const aStore = async (): Promise<Store> => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit(
    ['digits', 'words'].flatMap((id): Change[] => [
      { kind: 'insert-task', task: aTask(id) },
      { kind: 'insert-model', model: aModel(id) },
      { kind: 'insert-round', round: aSelecting(id) },
    ]),
  )
  return store
}

const sealTo = (publicKey: Parameters<typeof decodeKeyText>[0]) =>
  seal({ plaintext, recipient: decodeKeyText(publicKey), context })

describe('[K7] a round’s key', () => {
  test('is made once: asked for again, in this process or after a restart, it is the same', async () => {
    const store = await aStore()
    const keys = process(store)
    const publicKey = await keys.make(round)
    expect(await keys.make(round)).toBe(publicKey)
    expect(await process(store).make(round)).toBe(publicKey)
    expect(await keys.make(other)).not.toBe(publicKey)
  })

  test('opens what is sealed to it, in the process that made it and in the next', async () => {
    const store = await aStore()
    const keys = process(store)
    const envelope = sealTo(await keys.make(round))
    for (const by of [keys, process(store)])
      expect((await by.opener(round))?.open(envelope, context)).toEqual(plaintext)
  })

  test('rests sealed: nothing of the secret is in what is stored', async () => {
    const saved: Change[] = []
    const secret = seededRandom('round key').bytes(32)
    const store = await aStore()
    const keys = createRoundKeys({
      store: {
        roundKey: store.roundKey,
        commit: async (changes) => {
          saved.push(...changes)
          await store.commit(changes)
        },
      },
      random: seededRandom('round key'),
      ownKey,
      primitives,
    })
    expect(decodeKeyText(await keys.make(round))).toEqual(keyPairFromSecret(secret).publicKey)
    const stored = await store.roundKey(round)
    const bytes = toHex(stored?.sealedSecret ?? new Uint8Array())
    expect(stored?.sealedSecret.length).toBe(12 + 32 + 16)
    // Any eight bytes of the secret that stood there would show.
    for (let at = 0; at <= 24; at++) expect(bytes).not.toContain(toHex(secret.subarray(at, at + 8)))
    expect(saved.map(({ kind }) => kind)).toEqual(['insert-round-key'])
    expect(JSON.stringify(saved)).not.toContain(Buffer.from(secret).toString('base64'))
  })

  test('cannot be opened once it is destroyed, not even by an opener handed out before', async () => {
    const store = await aStore()
    const keys = process(store)
    const envelope = sealTo(await keys.make(round))
    const opener = await keys.opener(round)
    await keys.destroy(round)
    await keys.destroy(round)
    expect(await keys.opener(round)).toBeUndefined()
    expect(await process(store).opener(round)).toBeUndefined()
    expect(await store.roundKey(round)).toBeUndefined()
    expect(() => opener?.open(envelope, context)).toThrow(EnvelopeError)
  })

  test('that is asked for while it is being destroyed is not kept', async () => {
    const store = await aStore()
    const begun = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const slow: Store['commit'] = async (changes) => {
      begun.resolve()
      await goOn.promise
      await store.commit(changes)
    }
    await process(store).make(round)
    const keys = process({ roundKey: store.roundKey, commit: slow })
    const destroyed = keys.destroy(round)
    await begun.promise
    expect(await keys.opener(round)).toBeUndefined()
    goOn.resolve()
    await destroyed
    expect(await keys.opener(round)).toBeUndefined()
  })

  test('that another process has destroyed is wiped from memory, whoever was about to keep it', async () => {
    const store = await aStore()
    const driver = process(store)
    const envelope = sealTo(await driver.make(round))
    const kept = process(store)
    const opener = await kept.opener(round)
    await kept.forgetDestroyed()
    expect(opener?.open(envelope, context)).toEqual(plaintext)

    const goOn = Promise.withResolvers<void>()
    const roundKey: Store['roundKey'] = async (id) => {
      const read = await store.roundKey(id)
      await goOn.promise
      return read
    }
    const late = process({ ...store, roundKey })
    const asking = late.opener(round)
    await driver.destroy(round)
    await Promise.all([kept.forgetDestroyed(), late.forgetDestroyed()])
    goOn.resolve()
    expect(await asking).toBeUndefined()
    expect(await kept.opener(round)).toBeUndefined()
    expect(() => opener?.open(envelope, context)).toThrow(EnvelopeError)
  })

  test('does not open under another round’s name', async () => {
    const store = await aStore()
    await process(store).make(round)
    const moved = { roundKey: async () => store.roundKey(round), commit: store.commit }
    await expect(process(moved).opener(other)).rejects.toThrow(/key of round words.1 does not open/)
  })

  test('says what to look for where the coordinator’s own key is another', async () => {
    const store = await aStore()
    await process(store).make(round)
    const replaced = process(store, { ownKey: new Uint8Array(32).fill(2) })
    const refusal = await replaced.opener(round).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      message:
        "the key of round digits.1 does not open with this coordinator's own key: was the data folder's key file replaced?",
      cause: expect.any(Error),
    })
    expect(String(refusal)).not.toContain(toHex(ownKey).slice(0, 8))
  })

  test('that was cut short in storage is told apart from a bug', async () => {
    const store = await aStore()
    await process(store).make(round)
    const key = await store.roundKey(round)
    if (!key) throw new Error('the key is there')
    const cut = {
      roundKey: async () => ({ ...key, sealedSecret: key.sealedSecret.subarray(0, 20) }),
      commit: store.commit,
    }
    await expect(process(cut).opener(round)).rejects.toThrow(/does not open with this coordinator/)
  })

  test('whose saving fails is not used', async () => {
    const full = new StorageError('no space', { full: true })
    const keys = process({ roundKey: async () => undefined, commit: () => Promise.reject(full) })
    await expect(keys.make(round)).rejects.toBe(full)
    expect(await keys.opener(round)).toBeUndefined()
  })
})

describe('[K8] keys derived from the coordinator’s own', () => {
  test('differ by purpose and by own key, and repeat', () => {
    const derived = [
      deriveKey(ownKey, 'round keys'),
      deriveKey(ownKey, 'session tokens'),
      deriveKey(new Uint8Array(32).fill(2), 'round keys'),
    ].map(toHex)
    expect(new Set(derived).size).toBe(3)
    expect(toHex(deriveKey(ownKey, 'round keys'))).toBe(derived[0])
    expect(derived.every((key) => key.length === 64)).toBe(true)
  })
})
