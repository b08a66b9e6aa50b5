import { expect, test } from 'vitest'
import { loadBackend } from './load-backend.ts'

// First: once a backend has been started in this process nothing of it is left to wait for.
test('clients that load it at the same time in one process all have the same', async () => {
  const options = { prefer: ['wasm', 'cpu'], log: () => undefined } as const
  const loaded = await Promise.all(Array.from({ length: 8 }, () => loadBackend(options)))
  expect(loaded.map(({ name }) => name)).toEqual(Array.from(loaded, () => 'wasm'))
})

test('the order of preference decides, and one line says what did not work', async () => {
  const lines: string[] = []
  const { name } = await loadBackend({ prefer: ['webgpu', 'cpu'], log: (line) => lines.push(line) })
  expect(name).toBe('cpu')
  expect(lines).toEqual(['tributary trains on tfjs cpu (not on webgpu: not a backend of this platform)'])
})

test('left to itself, Node takes the native library or the next that works', async () => {
  const lines: string[] = []
  const { name, tf } = await loadBackend({ log: (line) => lines.push(line) })
  expect(['tensorflow', 'wasm']).toContain(name)
  expect(tf.getBackend()).toBe(name)
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/imported from|Cannot find package/)
})

test('without any that works, the error says what each said', async () => {
  await expect(loadBackend({ prefer: ['webgl'] })).rejects.toMatchObject({
    code: 'no-backend',
    message: expect.stringContaining('webgl'),
  })
})
