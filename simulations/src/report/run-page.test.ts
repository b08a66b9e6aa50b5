import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIGITS, HOSPITALS, type MadeRun, writeRun } from './results.builders.ts'
import { wellFormed } from './well-formed.builders.ts'
import { writeComparison, writeReport } from './write-report.ts'

let parent: string
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tributary-report-'))
})
afterAll(() => rm(parent, { recursive: true, force: true }))

const reportOf = async (name: string, run: MadeRun): Promise<string> =>
  readFile(await writeReport(await writeRun(join(parent, name), run)), 'utf8')
const titles = (page: string) => [...page.matchAll(/<h3 id="[^"]*">([^<]*)/g)].map(([, title]) => title)

describe('the report of a run', () => {
  let page: string
  beforeAll(async () => {
    page = await reportOf('digits', DIGITS)
  })

  it('is one well-formed page, in which every id is there once', () => {
    const { ids } = wellFormed(page)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('stands alone: it runs nothing, and names nothing to be fetched', () => {
    const own = page.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')
    expect(wellFormed(page).elements).not.toContain('script')
    expect(own).not.toMatch(/https?:|src=|href=|url\((?!#)|@import|\son\w+=/)
    expect(page).toContain("default-src 'none'")
  })

  it('has each picture with a title, words and its numbers', () => {
    expect(titles(page)).toEqual([
      'Accuracy over rounds',
      'Loss over rounds',
      'Accuracy by client',
      'Accuracy by label',
      'Accuracy by series',
      'Rounds that clients took part in',
      'Bytes per round',
      'Bytes since the start',
      'Virtual time per round',
      'Computing time per round',
      'Who holds what',
    ])
    const { ids } = wellFormed(page)
    const named = [...page.matchAll(/role="img" aria-labelledby="([^"]*)" aria-describedby="([^"]*)"/g)]
    expect(named.length).toBe(11)
    for (const [, title = '', words = ''] of named)
      expect(ids).toEqual(expect.arrayContaining([title, words]))
    const figures = page.match(/<figure[\s\S]*?<\/figure>/g) ?? []
    expect(figures.map((figure) => /<table>[\s\S]*<td>/.test(figure))).toEqual(Array(11).fill(true))
  })

  it('draws a band over seeds, and the baselines and the target with their names', () => {
    const accuracy = page.match(/<figure class="half" id="accuracy">[\s\S]*?<\/figure>/)?.[0] ?? ''
    expect(accuracy).toContain('mark-area')
    for (const label of ['majority 11.3', 'linear 88.0', 'central 92.5', 'target 90.0'])
      expect(accuracy).toMatch(new RegExp(`<text[^>]*>${label}\\u00A0%</text>`))
  })

  it('is the same for the same folder', async () => {
    expect(await reportOf('digits', DIGITS)).toBe(page)
  })

  it('has no alarm where all is well', () => {
    expect(page).toContain('None: what the run recorded')
  })
})

it('a report of a run that goes wrong says so, with the evidence', async () => {
  const page = await reportOf('hospitals', HOSPITALS)
  expect([...page.matchAll(/<li><b>([^<]*)/g)].map(([, kind]) => kind)).toEqual([
    'Diverging',
    'Diverging',
    'No progress',
    'Dead clients',
  ])
  expect(page).toContain('though they were asked 4 times: c0014, c0015.')
})

it('a report of a run that recorded hardly anything is whole', async () => {
  const folder = await writeRun(join(parent, 'bare'), { ...DIGITS, seeds: [1], rounds: 2 })
  for (const name of ['baselines.json', 'seed-1/holdings.json', 'seed-1/groups.json', 'seed-1/clients.jsonl'])
    await rm(join(folder, name))
  await writeFile(
    join(folder, 'seed-1/rounds.jsonl'),
    '{"round":1,"outcome":"completed","cohort":1,"received":1,"virtualSeconds":1,"seconds":1,"loss":null}\n',
  )
  const page = await readFile(await writeReport(folder), 'utf8')
  wellFormed(page)
  expect(titles(page)).toEqual(['Virtual time per round', 'Computing time per round'])
  expect(page).toContain('the loss of round 1 is not finite')
})

describe('text from elsewhere', () => {
  const evil = `</pre></style><script>alert(1)</script><img src=x onerror='alert("2")'>]]>&amp;\u0000\u202E\uD800`
  const EVIL: MadeRun = {
    ...DIGITS,
    name: evil,
    seeds: [1],
    rounds: 6,
    clients: 4,
    labels: [evil, `${evil}!`],
    scenario: { dataset: evil, strategy: { name: evil, [evil]: evil } },
  }

  it('is inert in a report, wherever it stands', async () => {
    const folder = await writeRun(join(parent, 'evil'), EVIL)
    await writeFile(
      join(folder, 'seed-1/clients.jsonl'),
      `${JSON.stringify({ client: evil, examples: 1, rounds: 0, asked: 1, accuracy: 0.5, group: evil })}\n`,
    )
    await writeFile(
      join(folder, 'seed-1/groups.json'),
      JSON.stringify({ [evil]: [{ group: evil, examples: 1, accuracy: 0.5 }], ['__proto__']: [] }),
    )
    const holdings = { labels: [evil, evil], clients: [{ client: evil, counts: [1, 2] }] }
    await writeFile(join(folder, 'seed-1/holdings.json'), JSON.stringify(holdings))
    const page = await readFile(await writeReport(folder), 'utf8')
    const { elements, ids } = wellFormed(page)
    expect(elements).not.toEqual(expect.arrayContaining(['script']))
    expect(elements).not.toContain('img')
    expect(new Set(ids).size).toBe(ids.length)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toMatch(/(?!\n)\p{Cc}|\u202E|\p{Cs}/u)
  })

  it('is inert in a comparison', async () => {
    const folder = await writeRun(join(parent, 'evil-again'), EVIL)
    const other = await writeRun(join(parent, 'plain'), { ...EVIL, name: 'plain' })
    const file = await writeComparison([folder, other], join(parent, 'comparison.html'))
    const { elements } = wellFormed(await readFile(file, 'utf8'))
    expect([elements.includes('script'), elements.includes('img')]).toEqual([false, false])
  })
})
