import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InPage } from './page/data.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let page: Page
beforeAll(async () => {
  stage = await setStage(new URL('./page/data.ts', import.meta.url))
  page = await stage.browser.newPage()
  await page.goto(stage.site.origin)
  await page.waitForFunction(() => 'data' in globalThis)
})
afterAll(() => stage?.[Symbol.asyncDispose]())

test('the app’s own database is read some hundred records at a time, in order, with its keys', async () => {
  const read = await page.evaluate(() => (globalThis as InPage).data.database(1_100))
  expect(read).toMatchObject({ batches: [512, 512, 76], first: [0, 1, 0] })
  if (!('keys' in read)) throw new Error(read.message)
  expect(read.keys).toEqual(Array.from({ length: 1_100 }, (_, i) => `${i + 1}`))
  expect(read.targets.slice(0, 4)).toEqual([1, 0, 0, 1])
})

test('an iteration over a database that grows ends where it ended when it began', async () => {
  expect(await page.evaluate(() => (globalThis as InPage).data.growing(600))).toEqual({
    rows: 600,
    later: 800,
  })
})

test('records that are no rows, and stores that are not there, are told; nothing is made', async () => {
  const [all, some, noStore, nobody, names] = await page.evaluate(() =>
    (globalThis as InPage).data.otherRecords(),
  )
  expect(all).toMatchObject({
    code: 'bad-examples',
    message: expect.stringMatching(/^record 2 of the store is no object/),
  })
  expect(some).toMatchObject({
    code: 'bad-examples',
    message: expect.stringMatching(/^column "x" is not a number \(row 4\)/),
  })
  expect(noStore).toMatchObject({
    code: 'storage-failed',
    message: expect.stringMatching(/it has no store nothing/),
  })
  expect(nobody).toMatchObject({ code: 'storage-failed' })
  expect(names).not.toContain('nobody’s')
})

test('a picture is the same values from a file of any kind and from a bitmap', async () => {
  const { values, grey } = await page.evaluate(() => (globalThis as InPage).data.images())
  expect(values).toHaveLength(4)
  for (const [way, own] of values.entries())
    for (const [at, value] of [1, 0, 0, 1, 1, 1].entries())
      expect(Math.abs((own[at] ?? Number.NaN) - value), `way ${way}, value ${at}`).toBeLessThan(0.05)
  expect(grey.map((value) => Number(value.toFixed(2)))).toEqual([0.3, 1, 0.3, 1])
})

test('a file that declares 50,000 × 50,000 pixels is refused before it is decoded, and so is what is no image', async () => {
  const [huge, cut, svg] = await page.evaluate(() => (globalThis as InPage).data.badImages())
  expect(huge).toMatchObject({
    code: 'bad-examples',
    message: expect.stringMatching(/50000 × 50000 pixels, more than/),
  })
  expect(cut).toMatchObject({ code: 'bad-examples', message: expect.stringMatching(/does not decode/) })
  expect(svg).toMatchObject({
    code: 'bad-examples',
    message: expect.stringMatching(/is no PNG, JPEG, GIF or WebP/),
  })
})

test('a CSV file is read as in Node, under a strict content security policy', async () => {
  expect(
    await page.evaluate(() => (globalThis as InPage).data.csv('x,word,y\r\n3,"left",yes\r\n')),
  ).toMatchObject({
    batches: [1],
    first: [3, 1, 0],
    targets: [1],
  })
})
