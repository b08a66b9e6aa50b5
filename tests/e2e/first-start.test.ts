import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { portToReturnTo, spawnCoordinator, startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { operatorOf } from '../fleet/operator.ts'

test('a first start that fails because its port is taken leaves the first admin token to the next', async () => {
  await using folder = await temporaryFolder()
  const port = await portToReturnTo()
  const inTheWay = createServer().listen(port, '127.0.0.1')
  await once(inTheWay, 'listening')
  const failed = spawnCoordinator({ folder: folder.path, port })
  expect(await failed.exited).toEqual({ code: 1, signal: null })
  expect(failed.output()).toContain('EADDRINUSE')
  inTheWay.close()
  await once(inTheWay, 'close')

  await using running = await startCoordinatorProcess({ folder: folder.path, port })
  const operator = operatorOf(running.url, running.firstAdminToken ?? '')
  expect(await operator.invite(1)).toMatch(/^tr/)
}, 120_000)

const DOOMED = fileURLToPath(new URL('../fleet/doomed-coordinator.ts', import.meta.url))

test.each([
  ['right before its admin token is saved: the next shows another', 'before commit of a token#1', 1],
  ['right after: the token that it has shown is good', 'after commit of a token#1', 0],
])(
  'a first start that is killed locks nobody out. %s',
  async (_, boundary, good) => {
    await using folder = await temporaryFolder()
    const killed = spawnCoordinator({ folder: folder.path, program: DOOMED, flags: ['--die-at', boundary] })
    expect(await killed.exited).toMatchObject({ signal: 'SIGKILL' })
    await using running = await startCoordinatorProcess({ folder: folder.path })
    const shown = [killed.output(), running.output()].map((text) => /tro_[\w-]+/.exec(text)?.[0])
    expect(await operatorOf(running.url, shown[good] ?? '').invite(1)).toMatch(/^tr/)
    expect(shown.filter((token) => token !== undefined)).toHaveLength(good + 1)
  },
  60_000,
)
