import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runNames } from './comparison-page.ts'
import { DIGITS, writeRun } from './results.builders.ts'
import { ScenarioRecord } from './results.ts'
import { scenarioDifferences } from './scenario-words.ts'
import { wellFormed } from './well-formed.builders.ts'
import { writeComparison } from './write-report.ts'

const aScenario = (known: Record<string, unknown> = {}) =>
  ScenarioRecord.parse({ name: 'x', dataset: 'mnist', versions: {}, seeds: [1], ...known })

describe('what differs between scenarios', () => {
  it('is told by path, with what each has', () => {
    const differences = scenarioDifferences([
      aScenario({ strategy: { name: 'fedavg' }, plan: { epochs: 1, same: true } }),
      aScenario({ strategy: { name: 'fedprox', mu: 0.1 }, plan: { epochs: 2, same: true }, seeds: [1, 2] }),
    ])
    expect(differences).toEqual([
      { path: 'strategy.name', values: ['"fedavg"', '"fedprox"'] },
      { path: 'seeds', values: ['[1]', '[1,2]'] },
      { path: 'plan.epochs', values: ['1', '2'] },
      { path: 'strategy.mu', values: [undefined, '0.1'] },
    ])
  })

  it('is nothing between equals, in whatever order they say it', () => {
    expect(
      scenarioDifferences([aScenario({ a: 1, b: { c: [] } }), aScenario({ b: { c: [] }, a: 1 })]),
    ).toEqual([])
  })
})

it('runs of one name are told apart by folder, and by number where that is one too', () => {
  const run = (name: string, folder: string) => ({ scenario: aScenario({ name }), folder })
  expect(
    runNames([run('a', '/x/1'), run('b', '/x/2'), run('b', '/x/3'), run('c', '/x/4'), run('c', '/y/4')]),
  ).toEqual(['a', 'b (2)', 'b (3)', 'c (4) 4', 'c (4) 5'])
})

describe('a comparison', () => {
  let parent: string
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tributary-comparison-'))
  })
  afterAll(() => rm(parent, { recursive: true, force: true }))

  it('lays the runs over each other and beside each other', async () => {
    const run = { ...DIGITS, rounds: 12, clients: 10, seeds: [1, 2] }
    const page = await readFile(
      await writeComparison(
        [
          await writeRun(join(parent, 'one'), { ...run, name: 'One' }),
          await writeRun(join(parent, 'two'), {
            ...run,
            name: 'Two',
            ceiling: 0.8,
            scenario: { target: 0.7 },
          }),
        ],
        join(parent, 'out.html'),
      ),
      'utf8',
    )
    const { ids } = wellFormed(page)
    expect(new Set(ids).size).toBe(ids.length)
    // A line and a stroke of the legend for each run, of its own colour.
    for (const colour of ['#0072B2', '#D55E00'])
      expect(page.split(`stroke="${colour}"`).length).toBeGreaterThan(2)
    const rows = [...page.matchAll(/<tr><th scope="row">([^<]*)<\/th>((?:<td>[^<]*<\/td>)+)<\/tr>/g)]
    const terms = rows.map(([, term]) => term)
    for (const term of [
      'final accuracy',
      'rounds to target',
      'computing time',
      'bytes, up and down',
      'target',
    ])
      expect(terms).toContain(term)
    expect(rows.find(([, term]) => term === 'target')?.[2]).toBe('<td>0.9</td><td>0.7</td>')
  })
})
