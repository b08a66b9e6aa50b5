import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  EnvelopeVectors,
  PrimitiveVectors,
  readVectors,
  SafetensorsVectors,
  StatementVectors,
} from '../vectors/vectors.ts'
import type { InPage } from './page/protocol.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let page: Page
beforeAll(async () => {
  stage = await setStage(new URL('./page/protocol.ts', import.meta.url))
  page = await open('/')
})
afterAll(() => stage?.[Symbol.asyncDispose]())

const open = async (path: string): Promise<Page> => {
  const opened = await stage.browser.newPage()
  await opened.goto(stage.site.origin + path)
  await opened.waitForFunction(() => 'protocol' in globalThis)
  return opened
}

describe('in a browser', () => {
  test('[K2] the known answers of the standards', async () => {
    const vectors = readVectors('primitives.json', PrimitiveVectors)
    expect(
      await page.evaluate((given) => (globalThis as InPage).protocol.remakePrimitives(given), vectors),
    ).toEqual(vectors)
  })

  test('[E1] [E5] envelopes are the same bytes, and open or are refused for the same reasons', async () => {
    const vectors = readVectors('envelope.json', EnvelopeVectors)
    expect(
      await page.evaluate((given) => (globalThis as InPage).protocol.remakeEnvelopes(given), vectors),
    ).toEqual(vectors)
  })

  test('[T2] tensor files are the same bytes, and are refused for the same reasons', async () => {
    const vectors = readVectors('safetensors.json', SafetensorsVectors)
    expect(
      await page.evaluate((given) => (globalThis as InPage).protocol.remakeTensorFiles(given), vectors),
    ).toEqual(vectors)
  })

  test('[K4] [K10] [U5] statements are signed and verified alike', async () => {
    const vectors = readVectors('statements.json', StatementVectors)
    expect(
      await page.evaluate((given) => (globalThis as InPage).protocol.remakeStatements(given), vectors),
    ).toEqual(vectors)
  })

  test('[M1] [M2] [M3] [M4] [M5] [M6] [M7] secure aggregation’s known answers', async () => {
    const vectors = JSON.parse(readFileSync(new URL('../vectors/secagg.json', import.meta.url), 'utf8'))
    const made = await page.evaluate(() =>
      JSON.parse(JSON.stringify((globalThis as InPage).protocol.secaggVectors())),
    )
    expect(made).toEqual(vectors)
  })

  test('the cryptographic ports hold to their conformance cases', async () => {
    const cases = await page.evaluate(() => (globalThis as InPage).protocol.conformance())
    expect(cases.length).toBeGreaterThan(8)
    expect(cases.filter((said) => !said.endsWith(': yes'))).toEqual([])
  })

  test('the kernels are the SIMD ones, and agree with the plain ones to the bit', async () => {
    const seed = process.env.SEED ?? randomUUID()
    const outcome = await page.evaluate((given) => (globalThis as InPage).protocol.tryKernels(given), seed)
    expect(outcome, `SEED=${seed} repeats this`).toEqual({
      name: 'simd',
      trials: 12 * 19 * 3,
      disagreements: [],
    })
  })

  test('a page that may not compile WebAssembly does without', async () => {
    const strict = await open('/without-wasm')
    expect(await strict.evaluate(() => (globalThis as InPage).protocol.nameOfKernels())).toBe('plain')
    await strict.close()
  })
})
