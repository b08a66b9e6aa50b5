import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type CoordinatorProcess, MAIN, startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { operatorOf } from '../fleet/operator.ts'
import { lineTask } from '../fleet/test-tasks.ts'

test('a command that waits for the clock alone comes to its end: doctor, on SQLite', async () => {
  await using folder = await temporaryFolder()
  await using running = await startCoordinatorProcess({ folder: folder.path })
  await running.stop()
  const doctor = spawn(
    process.execPath,
    ['--conditions=source', MAIN, 'doctor', '--data', folder.path, '--port', '0'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const [out, err, [code]] = await Promise.all([
    text(doctor.stdout),
    text(doctor.stderr),
    once(doctor, 'exit'),
  ])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^ok {3}audit /m)
})

/** `tributary` as a process of its own, with a token for the coordinator. */
const commandOf = ({ url, firstAdminToken = '' }: CoordinatorProcess, ...words: string[]) =>
  spawn(process.execPath, ['--conditions=source', MAIN, ...words], {
    env: { PATH: process.env.PATH, TRIBUTARY_URL: url, TRIBUTARY_TOKEN: firstAdminToken },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

test('Ctrl-C ends a watch with 130, and the words stay on the terminal', async () => {
  await using folder = await temporaryFolder()
  await using running = await startCoordinatorProcess({ folder: folder.path })
  await operatorOf(running.url, running.firstAdminToken ?? '').createTask(lineTask({ clients: 1 }))
  const watch = commandOf(running, 'rounds', 'watch', 'line')
  let said = ''
  for await (const piece of watch.stdout) {
    said += piece
    if (said.includes('waiting for the first')) watch.kill('SIGINT')
  }
  expect(await text(watch.stderr)).toBe('')
  expect(watch.exitCode ?? (await once(watch, 'exit'))[0]).toBe(130)
})

test('a reader that has enough ends a list quietly', async () => {
  await using folder = await temporaryFolder()
  await using running = await startCoordinatorProcess({ folder: folder.path })
  const list = commandOf(running, 'audit', 'list')
  list.stdout.destroy()
  const [err, [code]] = await Promise.all([text(list.stderr), once(list, 'exit')])
  // Whether the broken pipe shows before the command is done is a race that neither side minds.
  expect({ err, quietly: code === 0 || code === 141 }).toEqual({ err: '', quietly: true })
})
