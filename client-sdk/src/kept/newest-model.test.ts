import { ModelVersion } from '@tributary/protocols'
import { encodePublicKey, identityFromSeed, signModel } from '@tributary/protocols/crypto'
import { encodeAssignment, manifestOf } from '@tributary/protocols/task'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { type LoadedModel, loadModel, type ModelSource } from '../participation/load-model.ts'
import { anAssignment, task } from '../participation/participant.builders.ts'
import { createPinning } from '../trust/create-pinning.ts'
import { createNewestModel } from './newest-model.ts'

const signing = identityFromSeed(new Uint8Array(32).fill(3))
const still = [{ name: 'base/w', shape: [2], dtype: 'F32' as const }]
const refOf = (bytes: Uint8Array) => ({ digest: digestOf(bytes), bytes: bytes.length })

const aSource = (number: number, coordinator = 'world', frozen?: Uint8Array): ModelSource => {
  const version = ModelVersion.parse(number)
  const { model, plan } = anAssignment()
  const described = {
    model: { ...model, ...(frozen && { frozen: { weights: refOf(frozen), tensors: [...still] } }) },
    plan,
  }
  const bytes = {
    ...(frozen && { frozen }),
    assignment: encodeAssignment(described),
    weights: encodeSafetensors({
      tensors: manifestOf(described.model),
      values: new Float32Array([number, 2, 3, 4]),
    }),
  }
  const weights = refOf(bytes.weights)
  const assignment = refOf(bytes.assignment)
  const signature = signModel(signing, { coordinator, task, version, weights, assignment })
  return { model: { version, ...weights }, assignment, signature, bytes }
}

const aStage = (records = memoryRecordStore()) => {
  const told: { found: LoadedModel[]; distrusted: string[]; faults: unknown[] } = {
    found: [],
    distrusted: [],
    faults: [],
  }
  const begin = () =>
    createNewestModel({
      task,
      records,
      loadModel,
      found: (model) => told.found.push(model),
      distrusted: (why) => told.distrusted.push(why),
      fault: (error) => told.faults.push(error),
    })
  return { records, told, begin }
}

const aPin = async (id = 'world', { publicKey } = signing) => {
  const pinning = createPinning({ records: memoryRecordStore(), given: undefined })
  await pinning.learn({ id, publicKey: encodePublicKey(publicKey) })
  return pinning.pin()
}

describe('the newest model', () => {
  test('is read back, and told of once however often it is asked for', async () => {
    const { begin, told } = aStage()
    await begin().hold(aSource(3), 'world')
    const later = begin()
    const [one, two] = await Promise.all([later.restore(await aPin()), later.restore(await aPin())])
    expect([one.newest, two.model?.weights[0]]).toEqual([3, 3])
    expect(told.found).toEqual([later.restored()])
  })

  test('[S12] that was read without a pin is judged anew once there is one', async () => {
    const { begin, told } = aStage()
    await begin().hold(aSource(3), 'world')
    const later = begin()
    expect((await later.restore(undefined)).model?.version).toBe(3)
    const stranger = identityFromSeed(new Uint8Array(32).fill(4))
    expect(await later.restore(await aPin('world', stranger))).toEqual({ model: undefined, newest: 2 })
    expect([later.restored(), told.distrusted.length]).toEqual([undefined, 1])
  })

  test('whose record cannot be read this time is read again the next, and no older one takes its place', async () => {
    const store = memoryRecordStore()
    await aStage(store).begin().hold(aSource(3), 'world')
    let failing = true
    const load: typeof store.load = (name) =>
      failing ? Promise.reject(new Error('locked')) : store.load(name)
    const { begin, told } = aStage({ ...store, load })
    const model = begin()
    expect((await model.restore(undefined)).model).toBeUndefined()
    failing = false
    expect((await model.restore(undefined)).newest).toBe(3)
    expect(told.faults).toHaveLength(1)
  })

  test('[T18] has its frozen part, which is written once, and is none without it', async () => {
    const frozen = encodeSafetensors({ tensors: [...still], values: new Float32Array([7, 8]) })
    const store = memoryRecordStore()
    const saved: string[] = []
    const { begin } = aStage({
      ...store,
      async save(name, bytes) {
        saved.push(name)
        await store.save(name, bytes)
      },
    })
    const model = begin()
    await model.hold(aSource(3, 'world', frozen), 'world')
    await model.hold(aSource(4, 'world', frozen), 'world')
    await begin().hold(aSource(5, 'world', frozen), 'world')
    expect(saved.filter((name) => name === `newest.${task}.frozen`)).toHaveLength(1)
    const { model: restored, newest } = await begin().restore(undefined)
    expect([newest, ...(restored?.frozen ?? [])]).toEqual([5, 7, 8])
    await store.save(`newest.${task}.frozen`, frozen.slice().fill(0, -1))
    expect(await begin().restore(undefined)).toEqual({ model: undefined, newest: 4 })
  })

  test('gives way to newer ones alone', async () => {
    const { begin } = aStage()
    const model = begin()
    await Promise.all([5, 4, 6].map((version) => model.hold(aSource(version), 'world')))
    await begin().hold(aSource(2), 'world')
    expect((await begin().restore(undefined)).newest).toBe(6)
  })

  test('of which the bytes are gone, torn or changed may come once more, and no older one', async () => {
    const { begin, records, told } = aStage()
    await begin().hold(aSource(3), 'world')
    const whole = (await records.load(`newest.${task}.model`)) ?? new Uint8Array()
    const changed = whole.slice()
    changed[whole.length - 1] = (whole.at(-1) ?? 0) ^ 1
    for (const wrong of [undefined, whole.subarray(0, 40), whole.subarray(1), changed, new Uint8Array(3)]) {
      if (wrong) await records.save(`newest.${task}.model`, wrong)
      else await records.erase(`newest.${task}.model`)
      expect(await begin().restore(undefined)).toEqual({ model: undefined, newest: 2 })
    }
    expect(told.found).toEqual([])
  })

  test('whose version was not written is known by itself; an older one than was ever held is not used', async () => {
    const { begin, records } = aStage()
    await begin().hold(aSource(3), 'world')
    await records.erase(`newest.${task}`)
    expect((await begin().restore(undefined)).newest).toBe(3)
    await records.save(`newest.${task}`, new TextEncoder().encode('{"version":7}'))
    expect(await begin().restore(undefined)).toEqual({ model: undefined, newest: 6 })
  })

  test('[S12] [K10] is checked under the pin again: what was signed by another, or for another id, is not used', async () => {
    const { begin, told } = aStage()
    await begin().hold(aSource(3), 'world')
    const stranger = identityFromSeed(new Uint8Array(32).fill(9))
    for (const pin of [await aPin('world', stranger), await aPin('another')])
      expect(await begin().restore(pin)).toEqual({ model: undefined, newest: 2 })
    expect(told.distrusted).toHaveLength(2)
    expect(told.found).toEqual([])
  })

  test('for which there is no room leaves no older one in its place, and may come once more', async () => {
    const store = memoryRecordStore()
    let full = false
    const { begin, told, records } = aStage({
      ...store,
      save: (name, bytes) =>
        full && bytes.length > 100 ? Promise.reject(new Error('quota')) : store.save(name, bytes),
    })
    await begin().hold(aSource(3), 'world')
    full = true
    await begin().hold(aSource(4), 'world')
    expect(told.faults).toHaveLength(1)
    expect(await records.names()).toEqual([`newest.${task}`])
    expect(await begin().restore(undefined)).toEqual({ model: undefined, newest: 3 })
  })

  test('in a store that fails is none, and that is told', async () => {
    const { begin, told } = aStage({
      ...memoryRecordStore(),
      load: () => Promise.reject(new Error('denied')),
    })
    expect(await begin().restore(undefined)).toEqual({ model: undefined, newest: 0 })
    expect(told.faults).toHaveLength(1)
  })
})

describe('the newest model of several instances that share records', () => {
  test('is read again when another has kept a newer one, and never backwards', async () => {
    const { begin, told } = aStage()
    const [writer, reader] = [begin(), begin()]
    const pin = await aPin()
    const held = () => reader.restored()?.version ?? 0
    await writer.hold(aSource(3), 'world')
    await reader.renew(pin, held)
    await reader.renew(pin, held)
    await writer.hold(aSource(5), 'world')
    await reader.renew(pin, () => 6)
    expect(held()).toBe(3)
    await reader.renew(pin, held)
    expect(told.found.map(({ version }) => version)).toEqual([3, 5])
    expect(await reader.restore(pin)).toMatchObject({ newest: 5, model: { version: 5 } })
  })

  test('that is overtaken while it is read is let be', async () => {
    const { begin, told } = aStage()
    await begin().hold(aSource(3), 'world')
    let asked = 0
    const reader = begin()
    await reader.renew(await aPin(), () => (asked++ === 0 ? 2 : 4))
    expect([asked, told.found, reader.restored()]).toEqual([2, [], undefined])
  })

  test('[S12] that is not signed by the coordinator is not used, and told of once a version', async () => {
    const { begin, told } = aStage()
    await begin().hold(aSource(3, 'another'), 'another')
    const reader = begin()
    const pin = await aPin()
    for (let n = 0; n < 3; n++) await reader.renew(pin, () => 0)
    expect([told.found, told.distrusted.length]).toEqual([[], 1])
  })

  test('whoever keeps a newer version says so, once', async () => {
    const records = memoryRecordStore()
    const spread: number[] = []
    const keeper = createNewestModel({
      task,
      records,
      loadModel,
      found: () => undefined,
      distrusted: () => undefined,
      fault: () => undefined,
      spread: (version) => spread.push(version),
    })
    for (const number of [3, 3, 2, 4]) await keeper.hold(aSource(number), 'world')
    expect(spread).toEqual([3, 4])
  })
})
