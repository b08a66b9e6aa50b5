import { describe, expect, test } from 'vitest'
import type { Files } from './files.ts'
import { nodeFiles } from './files.ts'
import { folderSync } from './folder-sync.ts'

/** Syncs that end when the test says so. */
const gatedFiles = () => {
  const waiting: { path: string; end(failure?: Error): void }[] = []
  const files: Files = {
    ...nodeFiles,
    open: async (path) => ({
      write: () => Promise.reject(new Error('folders are not written')),
      read: () => Promise.reject(new Error('folders are not read')),
      stat: async () => ({ size: 0, mtimeMs: 0 }),
      sync: () =>
        new Promise<void>((resolve, reject) => {
          waiting.push({ path, end: (failure) => (failure ? reject(failure) : resolve()) })
        }),
      close: async () => {},
    }),
  }
  return { files, waiting }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('syncing folders', () => {
  test('requests that arrive during a sync share the next one, which begins after it', async () => {
    const { files, waiting } = gatedFiles()
    const sync = folderSync(files, 'linux')
    const done: string[] = []
    const request = (name: string) => sync('/a').then(() => done.push(name))

    const all = [request('first')]
    await turn()
    all.push(request('second'), request('third'))
    await turn()
    expect(waiting).toHaveLength(1)

    waiting[0]?.end()
    await turn()
    expect([done, waiting.length]).toEqual([['first'], 2])

    all.push(request('fourth'))
    waiting[1]?.end()
    await turn()
    expect([done, waiting.length]).toEqual([['first', 'second', 'third'], 3])

    waiting[2]?.end()
    await Promise.all(all)
    expect(done).toEqual(['first', 'second', 'third', 'fourth'])
  })

  test('folders do not wait for each other', async () => {
    const { files, waiting } = gatedFiles()
    const sync = folderSync(files, 'linux')
    const both = [sync('/a'), sync('/b')]
    await turn()
    expect(waiting.map(({ path }) => path)).toEqual(['/a', '/b'])
    for (const { end } of waiting) end()
    await Promise.all(both)
  })

  test('a failure reaches those who asked for that sync, not those who asked for the next', async () => {
    const { files, waiting } = gatedFiles()
    const sync = folderSync(files, 'linux')
    const first = sync('/a')
    await turn()
    const second = sync('/a')
    waiting[0]?.end(new Error('EIO'))
    await expect(first).rejects.toThrow('EIO')
    await turn()
    waiting[1]?.end()
    await second
  })

  test('Windows has none', async () => {
    const { files, waiting } = gatedFiles()
    await folderSync(files, 'win32')('/a')
    expect(waiting).toHaveLength(0)
  })
})
