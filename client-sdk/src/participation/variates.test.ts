import { ModelVersion } from '@tributary/protocols'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { round, task } from './participant.builders.ts'
import { createVariates, encodeVariate } from './variates.ts'

const since = (version: number) => ({ strategy: 'scaffold', since: ModelVersion.parse(version) }) as const
const values = (...list: number[]) => Float32Array.from(list)

const kept = async () => {
  const store = memoryRecordStore()
  const variates = createVariates({ task, store })
  await variates.keep(round(1), encodeVariate({ ...since(1), values: values(1, 2) }))
  return { store, variates, load: (version = 1, length = 2) => variates.load({ ...since(version), length }) }
}

describe('[R29] a client’s own vector', () => {
  test('is zero at first, and then what a round has left, for whoever opens the store anew', async () => {
    const { store, load } = await kept()
    expect(await load()).toEqual(values(1, 2))
    expect(await createVariates({ task, store }).load({ ...since(1), length: 2 })).toEqual(values(1, 2))
    const other = createVariates({ task, store: memoryRecordStore() })
    expect(await other.load({ ...since(1), length: 2 })).toEqual(values(0, 0))
  })

  test('begins at zero again where the strategy has begun anew, or is another', async () => {
    const { variates, load } = await kept()
    expect(await load(4)).toEqual(values(0, 0))
    const feddyn = { strategy: 'feddyn', since: ModelVersion.parse(1), length: 2 } as const
    expect(await variates.load(feddyn)).toEqual(values(0, 0))
  })

  test('is that of before where the round came to nothing, in whatever order that is heard', async () => {
    const { variates, load } = await kept()
    await variates.keep(round(2), encodeVariate({ ...since(1), values: values(3, 4) }))
    await variates.undo(round(2))
    expect(await load()).toEqual(values(1, 2))
    await variates.undo(round(3))
    await variates.keep(round(3), encodeVariate({ ...since(1), values: values(5, 6) }))
    expect(await load()).toEqual(values(1, 2))
    await variates.keep(round(4), encodeVariate({ ...since(1), values: values(7, 8) }))
    await variates.undo(round(2))
    expect(await load()).toEqual(values(7, 8))
  })

  test('is that of before also where the round’s update was offered twice', async () => {
    const { variates, load } = await kept()
    for (let time = 0; time < 2; time++)
      await variates.keep(round(2), encodeVariate({ ...since(1), values: values(3, 4) }))
    await variates.undo(round(2))
    expect(await load()).toEqual(values(1, 2))
  })

  test('is gone once erased, also for a round that comes to nothing afterwards', async () => {
    const { variates, load } = await kept()
    await variates.keep(round(2), encodeVariate({ ...since(1), values: values(3, 4) }))
    await variates.erase()
    await variates.undo(round(2))
    expect(await load()).toEqual(values(0, 0))
  })

  test.each([
    ['damaged', Uint8Array.of(1, 2, 3)],
    [
      'of another length',
      encodeSafetensors({
        tensors: [{ name: 'scaffold.1', shape: [3], dtype: 'F32' }],
        values: values(1, 2, 3),
      }),
    ],
    [
      'not finite',
      encodeSafetensors({
        tensors: [{ name: 'scaffold.1', shape: [2], dtype: 'F32' }],
        values: values(1, Number.NaN),
      }),
    ],
  ])('that is %s is lost: it begins at zero', async (_, bytes) => {
    const { store, load } = await kept()
    await store.save(task, bytes)
    expect(await load()).toEqual(values(0, 0))
  })
})
