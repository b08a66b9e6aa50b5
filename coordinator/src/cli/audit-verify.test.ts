import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run, runJson } from './command-line.builders.ts'
import { ADMIN, aHome, aTask, type Home, tamper } from './data-folder.builders.ts'

let home: Home
beforeEach(async () => {
  home = await aHome()
  const { coordinator, close } = await home.serve()
  const { tasks } = coordinator.services
  const { id } = aTask()
  await tasks.create(aTask(), ADMIN)
  for (const kind of ['pause', 'resume', 'pause', 'resume'] as const)
    await tasks.change(id, [{ kind }], ADMIN)
  await close()
})
afterEach(() => home[Symbol.asyncDispose]())

const LAST = 8
const verify = (...more: string[]) => run('audit', 'verify', '--data', home.at('live'), ...more)
const head = async () => {
  const { out } = await verify()
  return /^\d+:[0-9a-f]{64}$/m.exec(out)?.[0] ?? ''
}

test('an untouched log is intact, and its head is there to be kept', async () => {
  const { code, out } = await verify()
  expect(code).toBe(0)
  expect(out).toContain(`All ${LAST} entries are as they were written.`)
  expect((await verify('--expect-head', await head())).code).toBe(0)
})

const COLUMNS = 'at, actor, action, subject, detail, previous, hash'

describe('names the first entry that is wrong', () => {
  test.each([
    ['changed: who', ["update audit set actor = 'somebody' where sequence = 5"], 5, 'altered'],
    ['changed: when', ['update audit set at = at + 1 where sequence = 5'], 5, 'altered'],
    ['changed: what', [`update audit set detail = '{"a":1}' where sequence = 5`], 5, 'altered'],
    [
      'changed with its hash',
      [`update audit set hash = '${'0'.repeat(64)}' where sequence = 5`],
      5,
      'altered',
    ],
    ['changed into no entry', ["update audit set detail = 'nothing' where sequence = 5"], 5, 'unreadable'],
    ['deleted', ['delete from audit where sequence = 5'], 6, 'out-of-sequence'],
    ['deleted, the first', ['delete from audit where sequence = 1'], 2, 'out-of-sequence'],
    [
      'deleted, and the others moved up',
      ['delete from audit where sequence = 5', 'update audit set sequence = sequence - 1 where sequence > 5'],
      5,
      'unlinked',
    ],
    [
      'swapped',
      [
        'update audit set sequence = 99 where sequence = 5',
        'update audit set sequence = 5 where sequence = 6',
        'update audit set sequence = 6 where sequence = 99',
      ],
      5,
      'unlinked',
    ],
    [
      'put in',
      [
        'update audit set sequence = sequence + 1000 where sequence >= 5',
        'update audit set sequence = sequence - 999 where sequence > 1000',
        `insert into audit (sequence, ${COLUMNS}) select 5, at, actor, 'task.finish', subject, detail, 'x', 'y' from audit where sequence = 4`,
      ],
      5,
      'unlinked',
    ],
    [
      'put in before the first',
      [
        `insert into audit (sequence, ${COLUMNS}) select 0, at, actor, action, subject, detail, 'x', 'y' from audit where sequence = 4`,
      ],
      1,
      'unreadable',
    ],
  ])('%s', async (_, statements, sequence, reason) => {
    tamper(home.at('live'), ...statements)
    const verdict = await runJson(['audit', 'verify', '--data', home.at('live')], 1)
    expect(verdict).toMatchObject({ intact: false, broken: { sequence, reason } })
    expect((await verify()).out).toMatch(
      new RegExp(`^Entry ${reason === 'out-of-sequence' ? sequence - 1 : sequence}[ ,]`),
    )
  })
})

test('a tail that was cut off shows against a head that was kept', async () => {
  const kept = await head()
  tamper(home.at('live'), `delete from audit where sequence > ${LAST - 2}`)
  expect((await verify()).code).toBe(0)
  const { code, out } = await verify('--expect-head', kept)
  expect(code).toBe(1)
  expect(out).toBe(`Entry ${LAST} is not there any more: the log was cut off after entry ${LAST - 2}.\n`)
})

test('a log that was written anew, chain and all, shows against a head that was kept', async () => {
  const kept = (await head()).replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  const { code, out } = await verify('--expect-head', kept)
  expect(code).toBe(1)
  expect(out).toContain('was written anew')
})

test('a head that was kept is still there when the log has grown', async () => {
  const kept = await head()
  await (await home.serve()).close()
  expect(await runJson(['audit', 'verify', '--data', home.at('live'), '--expect-head', kept])).toMatchObject({
    intact: true,
    expectedHead: 'there',
    head: { sequence: LAST + 2 },
  })
})

test('what is no head is refused as a mistake in the command line', async () => {
  const { code, err } = await verify('--expect-head', '12')
  expect(code).toBe(2)
  expect(err).toContain('--expect-head must be what an earlier verification printed')
})
