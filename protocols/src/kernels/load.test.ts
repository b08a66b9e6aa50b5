import { afterEach, expect, test, vi } from 'vitest'
import { loadKernels, plainKernels } from './index.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

test('one thread shares one instance', async () => {
  expect(await loadKernels()).toBe(await loadKernels())
})

test('an engine without WebAssembly gets the plain kernels', async () => {
  vi.stubGlobal('WebAssembly', undefined)
  expect((await (await freshModule()).loadKernels()).name).toBe(plainKernels.name)
})

test('an engine whose WebAssembly lacks SIMD gets the plain kernels', async () => {
  vi.stubGlobal('WebAssembly', { ...webAssembly(), validate: () => false })
  expect((await (await freshModule()).loadKernels()).name).toBe('plain')
})

test('a page that may not compile WebAssembly gets the plain kernels', async () => {
  const refused = new WebAssembly.CompileError('violates the content security policy')
  vi.stubGlobal('WebAssembly', { ...webAssembly(), instantiate: () => Promise.reject(refused) })
  expect((await (await freshModule()).loadKernels()).name).toBe('plain')
})

test('any other failure to instantiate is not hidden', async () => {
  const fault = new RangeError('out of memory')
  vi.stubGlobal('WebAssembly', { ...webAssembly(), instantiate: () => Promise.reject(fault) })
  await expect((await freshModule()).loadKernels()).rejects.toBe(fault)
})

function freshModule(): Promise<typeof import('./load.ts')> {
  vi.resetModules()
  return import('./load.ts')
}

/** The namespace's functions are not enumerable, so a spread would lose them. */
function webAssembly(): Pick<typeof WebAssembly, 'validate' | 'instantiate' | 'CompileError'> {
  const { validate, instantiate, CompileError } = WebAssembly
  return { validate, instantiate, CompileError }
}
