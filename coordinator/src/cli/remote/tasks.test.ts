import { writeFileSync } from 'node:fs'
import { TaskFile } from '@tributary/protocols/task'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aTask } from '../data-folder.builders.ts'
import { aLiveCoordinator, type Live } from './remote-line.builders.ts'

let live: Live
beforeEach(async () => {
  live = await aLiveCoordinator()
})
afterEach(() => live[Symbol.asyncDispose]())

const textOfTask = () => JSON.stringify(z.encode(TaskFile, aTask()))

test('a task is made of a file or of stdin, listed and shown', async () => {
  expect((await live.run('tasks', 'list')).out).toBe(
    'There are no tasks. `tributary tasks create <file>` makes one.\n',
  )
  const file = live.home.at('task.json')
  writeFileSync(file, textOfTask())
  const made = await live.run('tasks', 'create', file)
  expect(made).toMatchObject({ code: 0, err: '' })
  expect(made.out).toContain('Task line is made.\nNext: `tributary clients invite`')
  const other = textOfTask().replace('"id":"line"', '"id":"other"')
  expect(await live.runIn({ stdin: other }, 'tasks', 'create', '-')).toMatchObject({ code: 0 })
  expect((await live.json('tasks', 'list')).map(({ id }: { id: string }) => id)).toEqual(['line', 'other'])
  expect((await live.run('tasks', 'show', 'line')).out).toMatch(/^task {12}line\nstatus {10}active\n/)
  expect(await live.json('tasks', 'show', 'line')).toMatchObject({ file: { id: 'line' }, completedRounds: 0 })
})

describe('a file that is no task', () => {
  test.each([
    ['no JSON', 'tasks: []', 1, /What came by stdin is not JSON: /],
    ['mistakes', textOfTask().replace('"target":1', '"target":0'), 1, /^ {2}cohort\.target: /m],
    ['nothing', '', 1, /is not JSON/],
  ])('%s', async (_, stdin, code, words) => {
    const outcome = await live.runIn({ stdin }, 'tasks', 'create', '-')
    expect(outcome).toMatchObject({ code, out: '' })
    expect(outcome.err).toMatch(words)
  })

  test('that is not there', async () => {
    const { code, err } = await live.run('tasks', 'create', '/nowhere/task.json')
    expect(code).toBe(1)
    expect(err).toContain('/nowhere/task.json')
  })
})

test('a task that is there already: exit code 5, and what to do', async () => {
  await live.makeTask()
  const { code, err } = await live.runIn({ stdin: textOfTask() }, 'tasks', 'create', '-')
  expect(code).toBe(5)
  expect(err).toContain('→ Choose another id')
})

test('an unknown task: exit code 4, and what to do; a text that is no id: exit code 2', async () => {
  const unknown = await live.run('tasks', 'show', 'nope')
  expect(unknown).toMatchObject({ code: 4, out: '' })
  expect(unknown.err).toContain('→ See what there is: `tributary tasks list`')
  const wrong = await live.run('tasks', 'show', '../audit')
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('<task> a task id is 1 to 63 of a-z, 0-9 and -')
})

test('is paused, resumed and finished', async () => {
  await live.makeTask()
  for (const [word, status] of [
    ['pause', 'paused'],
    ['resume', 'active'],
    ['finish', 'finished'],
  ] as const)
    expect(await live.run('tasks', word, 'line')).toEqual({
      code: 0,
      out: `Task line is ${status}.\n`,
      err: '',
    })
  expect(await live.run('tasks', 'resume', 'line')).toMatchObject({ code: 5 })
})

describe('is rescheduled', () => {
  beforeEach(() => live.makeTask())

  test.each([
    [
      ['--cron', '0 3 * * *', '--time-zone', 'Europe/Vienna'],
      { kind: 'cron', expression: '0 3 * * *', timeZone: 'Europe/Vienna' },
    ],
    [['--continuous', '--pause-seconds', '60'], { kind: 'continuous', pauseSeconds: 60 }],
    [['--continuous'], { kind: 'continuous', pauseSeconds: 0 }],
    [['--manual'], { kind: 'manual' }],
  ])('%j', async (flags, schedule) => {
    const { file } = await live.json('tasks', 'reschedule', 'line', ...flags, '--stop-after', '5')
    expect(file).toMatchObject({ schedule, stop: { kind: 'completed-rounds', rounds: 5 } })
    expect((await live.json('tasks', 'reschedule', 'line', '--never-stop')).file).toMatchObject({
      schedule,
      stop: { kind: 'never' },
    })
  })

  test.each([
    [[], '--cron is missing'],
    [['--manual', '--continuous'], 'give one of them'],
    [['--stop-after', '2', '--never-stop'], 'contradicts --stop-after'],
    [['--manual', '--pause-seconds', '1'], '--pause-seconds belongs to --continuous'],
    [['--manual', '--time-zone', 'UTC'], '--time-zone belongs to --cron'],
    [['--stop-after', '0'], '--stop-after must be a whole number from 1'],
  ])('not by %j', async (flags, words) => {
    const { code, err } = await live.run('tasks', 'reschedule', 'line', ...flags)
    expect(code).toBe(2)
    expect(err).toContain(words)
  })

  test('not by a cron expression that is none', async () => {
    const { code, err } = await live.run('tasks', 'reschedule', 'line', '--cron', 'every morning')
    expect(code).toBe(1)
    expect(err).toContain('schedule')
  })
})
