import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { aPlace, command, lastingFiles, SMALL } from './simulate.builders.ts'

const place = await aPlace()
afterAll(() => place.remove())
const at = (name: string) => join(place.folder, name)
const whole = command([
  await place.scenario(),
  '--out',
  at('whole'),
  '--seeds',
  '1,2',
  '--json',
  '--workers',
  '1',
])

describe('the command', () => {
  test('writes a line of JSON a round, a summary a seed, and everything into its folder', async () => {
    const { code, out, err } = await whole
    expect([code, err]).toEqual([0, expect.stringContaining('report: ')])
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.filter(({ round }) => round).map(({ seed, round }) => [seed, round])).toEqual(
      [1, 2].flatMap((seed) => [1, 2, 3, 4, 5].map((round) => [seed, round])),
    )
    const summaries = lines.flatMap(({ summary }) => summary ?? [])
    expect(summaries.map(({ rounds, ended, folder }) => ({ rounds, ended, folder }))).toEqual(
      Array(2).fill({ rounds: 5, ended: 'done', folder: at('whole') }),
    )
    for (const key of [
      'accuracy',
      'roundsToTarget',
      'modelDigest',
      'clientsPerSecond',
      'seconds',
      'peakMemoryMb',
    ])
      expect(summaries[0]).toHaveProperty(key)
    expect((await readdir(at('whole'))).sort()).toEqual(
      ['baselines.json', 'report.html', 'scenario.json', 'seed-1', 'seed-2'].sort(),
    )
    expect((await readdir(at('whole/seed-1'))).sort()).toEqual(
      [
        'clients.jsonl',
        'groups.json',
        'holdings.json',
        'model.safetensors',
        'rounds.csv',
        'rounds.jsonl',
        'summary.json',
      ].sort(),
    )
  }, 120_000)

  test.each([
    ['before its first checkpoint', 1, 'from its beginning: no checkpoint was kept'],
    ['in its second leg', 3, 'from its last checkpoint'],
  ])(
    'that is interrupted %s ends after the round, with a report of what there is, and goes on to the same bytes',
    async (_, round, where) => {
      await whole
      const out = at(`broken-${round}`)
      const scenario = await place.scenario()
      const args = [scenario, '--out', out, '--seeds', '1,2', '--json']
      const until = (text: string) => text.startsWith(`{"seed":1,"round":${round},`)
      const broken = await command([...args, '--workers', '2'], { until })
      expect([broken.code, broken.err]).toEqual([
        130,
        expect.stringContaining(`--out ${out} --resume goes on, with seed 1 ${where}`),
      ])
      expect(await readdir(out)).toContain('report.html')
      expect(broken.out.trim().split('\n')).toHaveLength(round + 1)
      expect(JSON.parse(broken.out.trim().split('\n').at(-1) ?? '').summary.ended).toBe('stopped')
      const resumed = await command([...args, '--resume', '--workers', '1'])
      expect(resumed.code).toBe(0)
      expect(await lastingFiles(out)).toEqual(await lastingFiles(at('whole')))
    },
    120_000,
  )

  test('that has ended is not run again', async () => {
    await whole
    const again = await command([
      await place.scenario(),
      '--out',
      at('whole'),
      '--seeds',
      '1,2',
      '--json',
      '--resume',
    ])
    expect([again.code, again.out.includes('"round"')]).toEqual([0, false])
  }, 120_000)

  test('on a terminal draws one line over and over, elsewhere writes a line a round', async () => {
    const scenario = await place.scenario({ rounds: 2, baselines: { epochs: 0 } })
    const drawn = await command([scenario, '--out', at('drawn')], { isTTY: true })
    expect(drawn.out).toContain('\r\u001b[2Kseed 1  ')
    expect(drawn.out).toContain('round 0 of 2')
    expect(drawn.out).not.toMatch(/^round {4}1/m)
    const piped = await command([scenario, '--out', at('piped')])
    expect(piped.out).toMatch(/^round {4}1 {2}accuracy/m)
    expect(piped.out).not.toContain('\u001b')
  }, 120_000)

  test('sweeps whole objects in a grid, and compares what came of them', async () => {
    const scenario = await place.scenario({ rounds: 1, baselines: { epochs: 0 } })
    const sweeps = [
      '--sweep',
      'strategy=[{name: fedavg}, {name: fedadam, tau: 0.01}]',
      '--sweep',
      'plan.epochs=1,2',
    ]
    const { code, out } = await command([scenario, ...sweeps, '--out', at('grid')])
    expect([code, out]).toEqual([0, expect.stringContaining('comparison: ')])
    expect((await readdir(at('grid'))).sort()).toEqual([
      'comparison.html',
      'strategy=name_fedadam_tau_0.01,plan.epochs=1',
      'strategy=name_fedadam_tau_0.01,plan.epochs=2',
      'strategy=name_fedavg,plan.epochs=1',
      'strategy=name_fedavg,plan.epochs=2',
    ])
  }, 120_000)
})

describe('what cannot be run is refused before any work, all of it at once', () => {
  test('fields, with the name that was probably meant', async () => {
    const scenario = await place.scenario({
      cohort: { tarjet: 3, quorum: 3 },
      strategy: { name: 'fedagv' },
      partition: { kind: 'dirichlet', clients: 5, alpha: -1, shardSize: 4 },
    })
    const { code, err } = await command([scenario, '--out', at('none')])
    expect(code).toBe(2)
    for (const part of [
      /^cohort\.target: is missing/m,
      /^cohort\.tarjet: there is no such field: did you mean target\?/m,
      /^strategy\.name: "fedagv" is none of them: did you mean fedavg\?/m,
      /^partition\.alpha: /m,
      /^partition\.shardSize: there is no such field/m,
    ])
      expect(err).toMatch(part)
    await expect(readdir(at('none'))).rejects.toThrow('ENOENT')
  })

  test('rows that do not suffice, a strategy that the asked privacy hides updates from, and of which run of a sweep', async () => {
    const privacy = { mode: 'secure-aggregation', audience: 'demo', corrupt: 0 }
    const scenario = await place.scenario({ privacy, partition: { kind: 'iid', clients: 1_000_000 } })
    const { code, err } = await command([
      scenario,
      '--sweep',
      'strategy.name=fedavg,median',
      '--out',
      at('none'),
    ])
    expect([code, err]).toEqual([2, expect.stringMatching(/^partition\.clients: /m)])
    expect(err).toMatch(/^strategy\.name: median looks at each update.*\(with strategy\.name=median\)$/m)
  })

  test('data that are not there, or are not what they should be, with how to get them', async () => {
    const scenario = await place.scenario({ dataset: { name: 'adult' } })
    const { code, err } = await command([scenario, '--data', at('no-data')])
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^dataset: Cannot read .*adult.*put the official file/m),
    ])
  })

  test.each([
    [['--rounds', '0'], '--rounds'],
    [['--colour'], '--colour'],
    [['--resume'], 'name it with --out'],
    [['--set', 'rounds'], 'write path=value'],
    [['--set', 'rounds=[1'], 'no YAML'],
    [['--sweep', 'rounds='], 'write path=a,b,c'],
    [['--sweep', 'rounds=[1'], 'write path=a,b,c'],
    [['--seeds', '1,1'], 'twice'],
    [['nothing-of-that-name'], 'there is no scenario nothing-of-that-name'],
    [['./nothing.yaml'], 'cannot be read'],
  ])('%j', async (args, words) => {
    const { code, err } = await command(args)
    expect([code, err]).toEqual([2, expect.stringContaining(words)])
  })

  test('a folder that has anything in it, also with --resume where that is not this scenario’s', async () => {
    await whole
    const scenario = await place.scenario()
    const full = await command([scenario, '--out', at('whole')])
    expect([full.code, full.err]).toEqual([2, expect.stringContaining('has results already')])
    const changed = await place.scenario({ plan: { ...SMALL.plan, batchSize: 20 } })
    const other = await command([changed, '--out', at('whole'), '--resume'])
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('plan.batchSize (50 → 20)')])
    const foreign = await command([scenario, '--out', place.folder, '--resume'])
    expect([foreign.code, foreign.err]).toEqual([2, expect.stringContaining('no results folder')])
    const file = await command([scenario, '--out', scenario])
    expect([file.code, file.err]).toEqual([2, expect.stringContaining('is a file')])
  }, 120_000)

  test('a checkpoint that is torn, altered, of another seed or none at all', async () => {
    const out = at('torn')
    const args = [await place.scenario(), '--out', out]
    await command([...args, '--json'], { until: (text) => text.startsWith('{"seed":1,"round":3,') })
    const file = join(out, 'seed-1', 'checkpoint')
    const kept = await readFile(file)
    const altered = Buffer.from(kept)
    altered[kept.length - 40] = (altered[kept.length - 40] ?? 0) ^ 1
    for (const [bytes, words] of [
      [kept.subarray(0, kept.length - 1), 'damaged or cut short'],
      [altered, 'damaged or cut short'],
      [Buffer.from('hello\nworld\n'), 'no checkpoint of this program'],
      [Buffer.alloc(0), 'no checkpoint of this program'],
    ] as const) {
      await writeFile(file, bytes)
      const { code, err } = await command([...args, '--resume'])
      expect([code, err]).toEqual([2, expect.stringContaining(words)])
      expect(err).toContain('remove it, and the seed is run again from its beginning')
    }
    await writeFile(file, kept)
    await command([...args, '--seeds', '2', '--json', '--resume'], {
      until: (text) => text.startsWith('{"seed":2,"round":3,'),
    })
    await writeFile(join(out, 'seed-2', 'checkpoint'), kept)
    const alien = await command([...args, '--seeds', '2', '--resume'])
    expect([alien.code, alien.err]).toEqual([2, expect.stringContaining('is of seed 1, not of 2')])
  }, 120_000)
})
