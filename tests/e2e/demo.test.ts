import { execFile } from 'node:child_process'
import { access, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeSafetensors, digestOf } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'

const DEMO = fileURLToPath(new URL('../../simulations/src/demo/main.ts', import.meta.url))

const demo = (...flags: string[]) =>
  new Promise<{ code: number; out: string; problems: string }>((resolve) => {
    execFile(process.execPath, ['--conditions=source', DEMO, ...flags], (error, out, problems) =>
      resolve({ code: error ? Number(error.code) : 0, out, problems }),
    )
  })

test('the demo trains with socket clients, prints a line a round, and leaves a model that others can open', async () => {
  const flags = [
    '--clients',
    '8',
    '--cohort',
    '4',
    '--rounds',
    '2',
    '--dataset',
    'handwriting',
    '--seed',
    '3',
  ]
  const { code, out, problems } = await demo(...flags, '--json')
  expect(code, problems).toBe(0)
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatchObject({ round: 1, outcome: 'completed', cohort: 4, updates: 4 })
  expect(lines[0].bytesUp).toBeGreaterThan(4 * 200_000)
  const { summary } = lines[2]
  expect(summary).toMatchObject({ rounds: 2, completed: 2, abandoned: 0, clients: 8 })
  expect(summary.accuracy).toBeGreaterThan(0.2)
  const bytes = new Uint8Array(await readFile(summary.modelPath))
  expect(digestOf(bytes)).toBe(summary.modelDigest)
  expect(decodeSafetensors(bytes).tensors.map(({ name }) => name)).toEqual([
    'hidden/kernel',
    'hidden/bias',
    'output/kernel',
    'output/bias',
  ])
  // The coordinator's temporary data are gone; the model stays until somebody takes it.
  await expect(access(`${dirname(summary.modelPath)}/coordinator`)).rejects.toThrow('ENOENT')
  await rm(dirname(summary.modelPath), { recursive: true })
}, 60_000)

test('flags that cannot be are named, all of them, and nothing is started', async () => {
  const { code, problems } = await demo('--rounds', '0', '--port', '70000', '--dataset', 'letters')
  expect(code).toBe(2)
  for (const flag of ['--rounds', '--port', '--dataset']) expect(problems).toContain(flag)
  expect((await demo('--cohort', '9', '--clients', '4')).problems).toContain(
    '9 updates cannot come from 4 clients',
  )
  expect((await demo('--nonsense')).code).toBe(2)
})
