import { once } from 'node:events'
import { createServer } from 'node:net'
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
