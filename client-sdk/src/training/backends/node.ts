/** Backends in Node: the native library where it is installed, else WebAssembly, else plain JavaScript. */
import type { Platform } from './backend.ts'
import { addWasmGradients } from './wasm-gradients.ts'

export const node: Platform = {
  order: ['tensorflow', 'wasm', 'cpu'],
  install: {
    async tensorflow() {
      // By a name that no bundler follows: the package is optional, and downloads a native library when installed.
      const native = '@tensorflow/tfjs-node'
      await import(/* @vite-ignore */ native)
    },
    async wasm(tf) {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
      setWasmPaths(packageFolder())
      addWasmGradients(tf)
    },
    async cpu() {
      await import('@tensorflow/tfjs-backend-cpu')
    },
  },
}

/** The `.wasm` files lie beside the package's entry: nothing is fetched. */
const packageFolder = (): string => {
  // Not imported: this file is in reach of browser bundlers, which do not have Node's modules.
  const { createRequire } = process.getBuiltinModule('node:module')
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
  return entry.slice(0, Math.max(entry.lastIndexOf('/'), entry.lastIndexOf('\\')) + 1)
}
