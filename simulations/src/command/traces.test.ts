import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aScenario } from '../scenarios/population.builders.ts'
import { command } from './simulate.builders.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-traces-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const population = { availability: { kind: 'trace', file: 'phones.json', assign: 'in-order' } } as const
const simulated = async (name: string) => {
  const file = join(folder, name)
  await writeFile(file, JSON.stringify(aScenario({ population, rounds: 1 })))
  const { code, out, err } = await command([file, '--out', join(folder, 'out'), '--workers', '1'])
  if (code !== 0) throw new Error(`${code}: ${err}`)
  return out
}

test('a trace is read from beside the scenario that names it, and says who is there', async () => {
  await expect(simulated('early.json')).rejects.toThrow(
    /population.availability: the trace .*phones.json cannot be read/,
  )
  await writeFile(join(folder, 'phones.json'), '{"devices": [[0')
  await expect(simulated('broken.json')).rejects.toThrow(/phones.json is no JSON/)
  await writeFile(join(folder, 'phones.json'), '{"devices": [[0, 9]]}')
  await expect(simulated('few.json')).rejects.toThrow(
    /population.availability.assign: the trace has 1 devices for 12 clients/,
  )
  const devices = Array.from({ length: 12 }, (_, i) => (i < 4 ? [0, 1e9] : []))
  await writeFile(join(folder, 'phones.json'), JSON.stringify({ devices }))
  expect(await simulated('whole.json')).toContain('4 of 4 updates')
  const clients = (await readFile(join(folder, 'out', 'seed-1', 'clients.jsonl'), 'utf8')).trim().split('\n')
  expect(clients.map((line) => JSON.parse(line)).map(({ rounds, device }) => [rounds, device])).toEqual(
    Array.from({ length: 12 }, (_, i) => [i < 4 ? 1 : 0, 'device']),
  )
}, 120_000)
