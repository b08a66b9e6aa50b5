import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIGITS, writeRun } from './results.builders.ts'
import { wellFormed } from './well-formed.builders.ts'
import { writeComparison, writeReport } from './write-report.ts'

let parent: string
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tributary-attacked-'))
})
afterAll(() => rm(parent, { recursive: true, force: true }))

const rewriteLines = async (file: string, change: (line: object, at: number) => object) => {
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  await writeFile(file, lines.map((line, at) => `${JSON.stringify(change(JSON.parse(line), at))}\n`).join(''))
}

/** The run of one seed, in which every fourth client attacks. */
const attackedRun = async (): Promise<string> => {
  const folder = await writeRun(join(parent, 'attacked'), { ...DIGITS, seeds: [1] })
  const file = join(folder, 'scenario.json')
  const attackers = [
    { attack: { kind: 'sign-flip' }, share: 0.2 },
    { attack: { kind: 'backdoor', target: 7 }, clients: [3] },
  ]
  const scenario = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...scenario, population: { attackers } }))
  await rewriteLines(join(folder, 'seed-1', 'clients.jsonl'), (client, at) => ({
    ...client,
    device: 'phone',
    ...(at % 4 === 0 && { attack: 'sign-flip', accuracy: 0 }),
  }))
  await rewriteLines(join(folder, 'seed-1', 'rounds.jsonl'), (round) => ({
    ...round,
    attackers: 3,
    attackSuccess: 0.625,
  }))
  return folder
}

describe('a run in which some attack', () => {
  let folder: string
  let page: string
  beforeAll(async () => {
    folder = await attackedRun()
    page = await readFile(await writeReport(folder), 'utf8')
  }, 60_000)

  it('says who they are, how far they came, and marks each', () => {
    wellFormed(page)
    expect(page).toContain('20.0\u00A0% sign-flip, 1 client backdoor, the others honest')
    expect(page).toContain('Attack success over rounds')
    expect(page).toContain('62.5\u00A0%')
    expect(page).toContain('<th scope="col">attack</th>')
    expect(page.match(/<td>sign-flip<\/td>/g)?.length).toBeGreaterThan(1)
  })

  it('judges fairness by those who are honest alone', () => {
    expect(page).toContain('on each honest client’s own rows')
    expect(page).toContain('accuracy of honest clients')
    expect(page).not.toMatch(/has 0\.0.% or less/)
  })

  it('is compared with others by it', async () => {
    const other = await writeRun(join(parent, 'other'), { ...DIGITS, seeds: [1] })
    const compared = await readFile(await writeComparison([folder, other], join(parent, 'both.html')), 'utf8')
    expect(compared).toContain('attack success')
    expect(compared).toContain('>none<')
  }, 60_000)
})
