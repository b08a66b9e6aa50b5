import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { jsonOf, loadJson, saveJson } from './json-record.ts'

const Schema = z.strictObject({ at: z.number() })

test('what was saved is loaded; what is of another form counts as absent', async () => {
  const records = memoryRecordStore()
  await saveJson(records, 'one', { at: 1 })
  expect(await loadJson(records, 'one', Schema)).toEqual({ at: 1 })
  await saveJson(records, 'one', { at: 1, more: 2 })
  expect(await loadJson(records, 'one', Schema)).toBeUndefined()
  expect(await loadJson(records, 'none', Schema)).toBeUndefined()
})

test('what is no JSON says nothing, nor does what no client has written: it is not read to its end', () => {
  for (const text of ['', '{', '[', 'at']) expect(jsonOf(new TextEncoder().encode(text))).toBeUndefined()
  expect(jsonOf(new TextEncoder().encode('"at"'))).toBe('at')
  const started = performance.now()
  expect(jsonOf(new Uint8Array(50_000_000).fill('['.charCodeAt(0)))).toBeUndefined()
  expect(jsonOf(new TextEncoder().encode(`"${'x'.repeat(2 ** 20)}"`))).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(1_000)
})
