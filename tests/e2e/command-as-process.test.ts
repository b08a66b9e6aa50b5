import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { MAIN, startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'

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
