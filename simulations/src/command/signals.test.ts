/** The command as a process of its own, ended from without. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { integerBelow, seededRandom } from '@tributary/protocols/runtime'
import { afterAll, expect, test } from 'vitest'
import { PLAN } from '../scenarios/scenario.builders.ts'
import { aPlace, command, lastingFiles } from './simulate.builders.ts'

const place = await aPlace()
afterAll(() => place.remove())
const scenario = await place.scenario({ baselines: { epochs: 0 } })
const wholeFolder = join(place.folder, 'whole')
const whole = command([scenario, '--out', wholeFolder, '--workers', '1'])

const RUN = fileURLToPath(new URL('../run.ts', import.meta.url))

/** Runs it until it has shown so many rounds, and then `end`s it. */
const processUntil = async (args: readonly string[], rounds: number, end: (child: ChildProcess) => void) => {
  const child = spawn(process.execPath, ['--conditions=source', RUN, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (text) => {
    err += text
  })
  const shown: string[] = []
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    shown.push(line)
    if (shown.length === rounds) end(child)
  }
  const [code, signal] = await ended
  return { code, signal, shown, err }
}

const seed = 17
const random = seededRandom(seed)

test.each(
  (['SIGKILL', 'SIGINT', 'SIGTERM'] as const).map((signal) => ({
    signal,
    rounds: 1 + integerBelow(random, 4),
  })),
)(
  '$signal after $rounds rounds loses no round that was shown, and the run goes on to the same bytes',
  async ({ signal, rounds }) => {
    const folder = join(place.folder, signal)
    const run = await processUntil([scenario, '--out', folder, '--workers', '2'], rounds, (child) =>
      child.kill(signal),
    )
    const lines = (await readFile(join(folder, 'seed-1', 'rounds.jsonl'), 'utf8')).split('\n')
    for (const line of run.shown) {
      const { seed: _, summary, ...round } = JSON.parse(line)
      if (!summary) expect(lines).toContain(JSON.stringify(round))
    }
    if (signal === 'SIGKILL') expect(run.signal).toBe('SIGKILL')
    else expect([run.code, run.err]).toEqual([130, expect.stringContaining('--resume')])
    await whole
    expect((await command([scenario, '--out', folder, '--resume', '--workers', '1'])).code).toBe(0)
    expect(await lastingFiles(folder)).toEqual(await lastingFiles(wholeFolder))
  },
  120_000,
)

test('a second SIGINT ends it at once', async () => {
  const long = await place.scenario({ rounds: 100_000, ...LONG })
  const run = await processUntil([long, '--out', join(place.folder, 'twice')], 1, (child) => {
    child.kill('SIGINT')
    child.stderr?.once('data', () => child.kill('SIGINT'))
  })
  expect([run.code, run.signal]).toEqual([130, null])
  expect(run.shown.some((line) => line.includes('summary'))).toBe(false)
}, 120_000)

/** A round of it takes longer than a signal. */
const LONG = {
  plan: { ...PLAN, epochs: 200 },
}
