import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aSchema, type SchemaUnderTest } from '../postgres/schema-under-test.ts'
import { openPostgresSignals } from './postgres-signals.ts'

let under: SchemaUnderTest
const faults: unknown[] = []

beforeAll(async () => {
  under = await aSchema()
  await under.ask(`create schema ${under.schema}`)
})
afterAll(() => under.drop())

const open = () =>
  openPostgresSignals({ url: under.url, schema: under.schema, fault: (error) => void faults.push(error) })

test('what a process says right before it goes is heard, and what fits a notification in its order', async () => {
  const hearer = await open()
  const heard: unknown[] = []
  const all = new Promise<void>((resolve) => {
    hearer.listen((signal) => heard.push(signal) === 50 && resolve())
  })
  const said = Array.from({ length: 50 }, (_, i) => ({ said: i, at: 'length '.repeat(i === 7 ? 2_000 : 1) }))
  const sayer = await open()
  for (const signal of said) sayer.send(signal)
  await sayer.close()
  await all
  await hearer.close()
  const long = said[7]
  expect(heard).toContainEqual(long)
  expect(heard.filter((signal) => !isDeepStrictEqual(signal, long))).toEqual(said.toSpliced(7, 1))
  expect(faults).toEqual([])
})
