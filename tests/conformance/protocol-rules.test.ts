/**
 * docs/protocol.md is held to the tests and the tests to it: every rule is cited at the start of some test's title, or
 * listed here with the reason why it is not, and no test cites a rule that there is not.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { citationsIn, rulesIn } from './rules.ts'

/** Rules without a test of their own, and why. Meant to shrink; one that gets a test must leave. */
const NOT_TESTED_HERE: Readonly<Record<string, string>> = {}

const root = new URL('../../', import.meta.url)
const FOLDERS = ['protocols/src', 'client-sdk/src', 'coordinator', 'simulations/src', 'tests']

const testFiles = (folder: string): string[] =>
  readdirSync(new URL(`${folder}/`, root), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : testFiles(path)
    return /\.(test|contract|cases)\.tsx?$|-contract\.ts$/.test(entry.name) ? [path] : []
  })

const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const rules = rulesIn(read('docs/protocol.md'))
const cited = new Map<string, string[]>()
for (const path of FOLDERS.flatMap(testFiles)) {
  if (fileURLToPath(new URL(path, root)) === fileURLToPath(import.meta.url)) continue
  for (const rule of citationsIn(read(path))) cited.set(rule, [...(cited.get(rule) ?? []), path])
}

describe('docs/protocol.md', () => {
  test('numbers every rule once, and each letter’s rules from 1 without a gap', () => {
    expect(rules.length).toBeGreaterThan(80)
    expect(rules).toEqual([...new Set(rules)])
    const byLetter = Map.groupBy(rules, (rule) => rule.charAt(0))
    for (const [letter, ofLetter] of byLetter)
      expect(ofLetter).toEqual(ofLetter.map((_, i) => `${letter}${i + 1}`))
  })

  test('refers to no rule that there is not', () => {
    const referred = read('docs/protocol.md').match(/(?<=[( ])[VLCSRUDEKTHM][1-9][0-9]*(?=[),;:. ])/g) ?? []
    expect(referred.length).toBeGreaterThan(40)
    expect([...new Set(referred)].filter((rule) => !rules.includes(rule))).toEqual([])
  })

  test('has no rule that no test proves, but for those that say why', () => {
    const unproven = rules.filter((rule) => !cited.has(rule) && !(rule in NOT_TESTED_HERE))
    expect(unproven).toEqual([])
  })
})

test('tests cite no rule that docs/protocol.md does not have', () => {
  const unknown = Array.from(cited).filter(([rule]) => !rules.includes(rule))
  expect(unknown.map(([rule, paths]) => `${rule} in ${[...new Set(paths)].join(', ')}`)).toEqual([])
})

test('the list of rules that are not tested names only such, and says why', () => {
  for (const [rule, reason] of Object.entries(NOT_TESTED_HERE)) {
    expect(rules, rule).toContain(rule)
    expect(cited.has(rule), `${rule} has a test: take it off the list`).toBe(false)
    expect(reason.length, rule).toBeGreaterThan(20)
  }
})

test('a rule that is planted or taken away shows', () => {
  expect(rulesIn('**[R1]** one\n\n**[R2]** two, see [R9] and **[r3]**')).toEqual(['R1', 'R2'])
  expect(citationsIn("test('[R7] [U1] an update', …)\n  ['[E5]', `[K4] %s`, \"[T6] x\"]")).toEqual([
    'R7',
    'U1',
    'E5',
    'K4',
    'T6',
  ])
  expect(citationsIn('// [R9] in passing\nconst a = rows[R1]\n`see [R8]`')).toEqual([])
})
