import { appendFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readResults } from './read-results.ts'
import { DIGITS, writeRun } from './results.builders.ts'

let folder: string
beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'tributary-results-'))
  folder = await writeRun(join(parent, 'run'), { ...DIGITS, seeds: [1, 2], rounds: 8, clients: 6, cohort: 3 })
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const file = (name: string) => join(folder, name)
const reading = () => readResults(folder)
/** A round as the file has it, with something else in place of a part. */
const roundWith = (part: object) =>
  `${JSON.stringify({ round: 99, outcome: 'completed', cohort: 3, received: 3, virtualSeconds: 1, seconds: 1, ...part })}\n`

describe('a results folder', () => {
  it('is read whole, and of participants only how often each took part', async () => {
    await writeFile(
      file('seed-1/rounds.jsonl'),
      roundWith({ round: 1, participants: ['a', 'b'] }) + roundWith({ round: 2, participants: ['b', 'b'] }),
    )
    const { scenario, seeds, baselines, date } = await reading()
    expect(scenario.name).toBe(DIGITS.name)
    expect(date).toEqual(new Date('2026-03-01T12:00:00Z'))
    expect(seeds.map(({ seed, rounds, clients }) => [seed, rounds.length, clients.length])).toEqual([
      [1, 2, 6],
      [2, 8, 6],
    ])
    expect(seeds[0]?.participation).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    )
    expect(seeds[0]?.rounds[0]).not.toHaveProperty('participants')
    expect(seeds[1]?.holdings?.labels).toEqual([...'0123456789'])
    expect(baselines.central?.accuracy).toBe(DIGITS.ceiling)
  })

  it('may lack what a run need not record', async () => {
    for (const name of [
      'baselines.json',
      'seed-1/holdings.json',
      'seed-1/groups.json',
      'seed-1/clients.jsonl',
    ])
      await rm(file(name))
    const { baselines, seeds } = await reading()
    const [first] = seeds
    expect([baselines, first?.holdings, first?.groups, first?.clients]).toEqual([{}, undefined, {}, []])
  })

  it.each([
    ['scenario.json', /is no results folder: it has no scenario\.json$/],
    ['seed-2', /seed-2 is missing, though scenario\.json names seed 2$/],
    ['seed-2/rounds.jsonl', /seed-2\/rounds\.jsonl is missing$/],
    ['seed-1/summary.json', /seed-1\/summary\.json is missing$/],
  ])('without %s is refused', async (name, message) => {
    await rm(file(name), { recursive: true })
    await expect(reading()).rejects.toThrow(message)
  })

  it('that is not there is refused', async () => {
    await expect(readResults(file('nowhere'))).rejects.toThrow(/^there is no folder .*nowhere$/)
  })
})

describe('a file of results', () => {
  it('that ends within a line is cut short, and the line is named', async () => {
    await appendFile(file('seed-1/rounds.jsonl'), '{"round":9,"outco')
    await expect(reading()).rejects.toThrow(/rounds\.jsonl: line 9 is cut short/)
  })

  it('that ends within an object is no JSON', async () => {
    await truncate(file('seed-1/summary.json'), 20)
    await expect(reading()).rejects.toThrow(/summary\.json is no JSON: /)
  })

  it.each([
    ['a share above 1', roundWith({ accuracy: 1.2 }), /line 9: accuracy: /],
    ['another outcome', roundWith({ outcome: 'lost' }), /line 9: outcome: /],
    ['a count that is none', roundWith({ received: -1 }), /line 9: received: /],
    [
      'a number beyond all bounds',
      roundWith({}).replace('"seconds":1}', '"seconds":1e999}'),
      /line 9: seconds: /,
    ],
    ['a list', '[1]\n', /line 9: /],
    ['no JSON', 'round 9\n', /line 9 is no JSON/],
    ['a round that was there before', roundWith({ round: 3 }), /round 3 follows round 8$/],
    ['nesting beyond reason', `${'['.repeat(100_000)}\n`, /line 9 is nested more than 100 deep$/],
  ])('with %s is refused, and the line is named', async (_, line, message) => {
    await appendFile(file('seed-1/rounds.jsonl'), line)
    await expect(reading()).rejects.toThrow(message)
  })

  it('says a loss that is not finite as null', async () => {
    await appendFile(file('seed-1/rounds.jsonl'), roundWith({ loss: null }))
    expect((await reading()).seeds[0]?.rounds.at(-1)).toMatchObject({ round: 99, loss: null })
  })

  it.each([
    [
      'scenario.json',
      { name: 'x', dataset: 'y', versions: {}, seeds: ['../../etc'] },
      /scenario\.json: seeds\.0: /,
    ],
    ['scenario.json', { name: 'x', dataset: 'y', versions: {}, seeds: [1, 1] }, /seeds: names a seed twice$/],
    ['scenario.json', { name: 'x'.repeat(1_001), dataset: 'y', versions: {}, seeds: [1] }, /name: /],
    [
      'seed-1/summary.json',
      { rounds: 1, modelDigest: 'sha256:x', seconds: 1 },
      /modelDigest: is no sha256:… digest$/,
    ],
    [
      'seed-1/holdings.json',
      { labels: ['a'], clients: [{ client: 'c', counts: [1, 2] }] },
      /clients: has a client with more/,
    ],
    ['baselines.json', [], /baselines\.json: /],
    ['seed-1/groups.json', { sex: [{ group: 'Female', examples: 'many' }] }, /sex\.0\.examples: /],
  ])('%s that does not say what it should is refused', async (name, value, message) => {
    await writeFile(file(name), JSON.stringify(value))
    await expect(reading()).rejects.toThrow(message)
  })

  it('with control characters does not pass them on to the terminal', async () => {
    await appendFile(file('seed-1/rounds.jsonl'), '\u001b[2J\u001b[31mgone\n')
    const failed = await reading().catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(Error)
    expect(String(failed)).not.toMatch(/\p{Cc}/u)
  })

  it('larger than any that a run writes is refused unread', async () => {
    await truncate(file('baselines.json'), 300_000_000)
    await expect(reading()).rejects.toThrow(
      /baselines\.json has 300000000 bytes; a report reads up to 256000000/,
    )
  })

  it('with a line longer than any of a run is refused before it is held whole', async () => {
    await appendFile(file('seed-1/rounds.jsonl'), 'x'.repeat(17_000_000))
    await expect(reading()).rejects.toThrow(/line 9 is longer than any line of a run$/)
  })

  it('that is a folder is refused', async () => {
    await rm(file('baselines.json'))
    await mkdir(file('baselines.json'))
    await expect(reading()).rejects.toThrow(/baselines\.json is not a file$/)
  })

  it('that names a client twice is refused', async () => {
    await appendFile(file('seed-1/clients.jsonl'), '{"client":"c0001","examples":1,"rounds":1}\n')
    await expect(reading()).rejects.toThrow(/names client "c0001" twice$/)
  })
})
