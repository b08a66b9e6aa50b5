import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startMixedFleet } from './mixed-fleet.ts'
import { pointsOf } from './points.ts'
import { type Stage, setStage } from './stage.ts'

vi.setConfig({ testTimeout: 60_000 })
let stage: Stage
beforeAll(async () => {
  stage = await setStage(new URL('./page/learner.ts', import.meta.url))
})
afterAll(() => stage?.[Symbol.asyncDispose]())

test('a page of another origin makes a model version with three Node clients, and uses it', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const { coordinator, nodes, token } = fleet
  expect(new URL(coordinator.url).origin).not.toBe(stage.site.origin)

  const page = await fleet.openPage(context)
  const id = await page.enrol(token)
  await page.join()
  const round = await fleet.begin()
  await page.sees('its update acknowledged', ({ submitted }) => submitted.includes(round))
  await coordinator.settled(round)

  const detail = await coordinator.operator.round(round)
  expect(detail).toMatchObject({ phase: 'completed', tally: { invited: 4, received: 4 }, examples: 210 })
  expect(detail.members.map(({ client, status }) => [client, status])).toEqual(
    [id, ...nodes.map((node) => node.id)].sort().map((client) => [client, 'received']),
  )
  expect(detail.members.find(({ client }) => client === id)).toMatchObject({
    examples: 60,
    metrics: { loss: expect.any(Number), accuracy: expect.any(Number) },
  })

  const [first, second] = await coordinator.operator.models('points')
  const versions = [first, second].map((model) => ({
    version: model?.version,
    digest: model?.weights.digest,
  }))
  const heard = await page.sees('the new version', (heard) => heard.models.length === 2 && heard)
  expect(heard).toMatchObject({
    models: versions,
    submitted: [round],
    ended: [{ round, outcome: { kind: 'completed', version: 2 } }],
    failed: [],
    errors: [],
  })
  expect(await page.ask((app) => app.digestOfWeights())).toBe(second?.weights.digest)

  const unseen = pointsOf('unseen', 300)
  const outputs = await page.predict(unseen.inputs)
  expect(shareRight(outputs, unseen.targets)).toBeGreaterThan(0.95)
  for (const row of rowsOf(outputs)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 4)
  const inNode = await nodes[0]?.client.predict(unseen.inputs)
  expect(largestDifference(outputs, inNode ?? new Float32Array())).toBeLessThan(1e-3)

  await page.page.getByRole('heading', { name: 'version 2' }).waitFor()
  expect(page.faults).toEqual([])
  process.stdout.write(`in the page, ${heard.backend}\n`)
})

test('a page of an origin that the coordinator was not told of is kept out, and hears that it cannot be reached', async () => {
  await using fleet = await startMixedFleet(stage.site)
  await using context = await stage.browser.newContext()
  const page = await fleet.openPage(context, { address: stage.site.otherOrigin })
  await expect(page.enrol(fleet.token)).rejects.toThrow(/cannot be reached/)
  expect(page.faults).toContainEqual(expect.stringMatching(/blocked by CORS policy/))
})

const rowsOf = (outputs: Float32Array): number[][] =>
  Array.from({ length: outputs.length / 3 }, (_, row) => [...outputs.subarray(3 * row, 3 * row + 3)])

/** How many of the points are taken for what they are. */
const shareRight = (outputs: Float32Array, kinds: Int32Array): number => {
  const right = rowsOf(outputs).filter((row, i) => row.indexOf(Math.max(...row)) === kinds[i])
  return right.length / kinds.length
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)
