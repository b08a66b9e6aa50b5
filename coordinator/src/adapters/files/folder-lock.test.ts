import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FolderInUseError, lockFolder } from './folder-lock.ts'

describe('a data folder', () => {
  let folder: string
  const children: ChildProcess[] = []

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'tributary-lock-')), 'data')
  })
  afterEach(async () => {
    for (const child of children.splice(0)) await killed(child)
    await rm(join(folder, '..'), { recursive: true })
  })

  /** Another process that takes the folder, and holds it until it is killed. */
  const holderIn = async (path: string): Promise<{ child: ChildProcess; said: string }> => {
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', HOLDER], {
      env: { MODULE: new URL('./folder-lock.ts', import.meta.url).href, FOLDER: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const [said] = await once(child.stdout, 'data')
    return { child, said: String(said).trim() }
  }

  test('is made, taken, named and given back', async () => {
    const lock = await lockFolder(folder)
    const named = JSON.parse(await readFile(join(folder, 'coordinator.lock.json'), 'utf8'))
    expect(named).toEqual({ pid: process.pid, host: hostname(), startedAt: expect.any(Number) })
    expect(Math.abs(Date.now() - process.uptime() * 1_000 - named.startedAt)).toBeLessThan(5_000)
    await lock.release()
    await lock.release()
    expect(await readdir(folder)).toEqual(['coordinator.lock'])
    await (await lockFolder(folder)).release()
  })

  test('in use by this very process is refused', async () => {
    const lock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUseError)
    await lock.release()
  })

  test('in use by another live process is refused, with its name and what to do', async () => {
    const { child } = await holderIn(folder)
    const refusal = await lockFolder(folder).catch((error: unknown) => error)
    if (!(refusal instanceof FolderInUseError)) throw new Error('expected a refusal', { cause: refusal })
    expect(refusal.holder).toMatchObject({ pid: child.pid, host: hostname() })
    expect(refusal.message).toContain(`process ${child.pid} on ${hostname()}, started 20`)
    expect(refusal.message).toContain('stop that one first')
  })

  test('whose holder was killed is free at once', async () => {
    const { child } = await holderIn(folder)
    await killed(child)
    expect(await readdir(folder)).toContain('coordinator.lock.json')
    const lock = await lockFolder(folder)
    expect(JSON.parse(await readFile(join(folder, 'coordinator.lock.json'), 'utf8')).pid).toBe(process.pid)
    await lock.release()
  })

  test('taken by one of many that ask at once', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder)))
    const taken = attempts.filter((attempt) => attempt.status === 'fulfilled')
    expect(taken).toHaveLength(1)
    for (const { value } of taken) await value.release()
  })

  test('taken by one of several processes that start at once', async () => {
    const said = await Promise.all([1, 2, 3].map(async () => (await holderIn(folder)).said))
    expect(said.sort()).toEqual(['FolderInUseError', 'FolderInUseError', 'held'])
  })

  test.each([
    ['a dead process', JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), startedAt: 0 })],
    ['nonsense', '{"pid": '],
  ])('does not name %s as its holder', async (_, text) => {
    const lock = await lockFolder(folder)
    await writeFile(join(folder, 'coordinator.lock.json'), text)
    await expect(lockFolder(folder)).rejects.toThrow('a process that has only just started')
    await lock.release()
  })

  test('that cannot be made says why', async () => {
    await writeFile(join(folder, '..', 'a-file'), '')
    await expect(lockFolder(join(folder, '..', 'a-file', 'data'))).rejects.toThrow('making the data folder')
  })
})

const HOLDER = `
const { lockFolder } = await import(process.env.MODULE)
await lockFolder(process.env.FOLDER).then(
  () => console.log('held'),
  (error) => console.log(error.name),
)
setInterval(() => {}, 1_000_000)
`

const killed = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
