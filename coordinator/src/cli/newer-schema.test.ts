import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from './command-line.builders.ts'
import { aHome, type Home, tamper } from './data-folder.builders.ts'

let home: Home
beforeEach(async () => {
  home = await aHome()
  await (await home.serve()).close()
  tamper(home.at('live'), "insert into schema_version values (99, 'later')")
})
afterEach(() => home[Symbol.asyncDispose]())

test.each([
  ['serve', '--port=0', '--log-level=silent'],
  ['backup', 'BACKUP'],
  ['doctor', '--port=0'],
  ['retention'],
  ['retention', '--dry-run'],
  ['audit', 'verify'],
  ['migrate'],
  ['migrate', '--check'],
])('%s %s refuses tables of a newer schema', async (...words) => {
  const args = words.map((word) => (word === 'BACKUP' ? home.at('backup') : word))
  const { code, out, err } = await run(...args, '--data', home.at('live'))
  expect(code).toBe(1)
  expect(out + err).toMatch(/schema version 99/)
})
