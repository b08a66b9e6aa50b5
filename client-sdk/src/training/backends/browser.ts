/** Backends in browsers: the graphics processor where it can be had, else WebAssembly, else plain JavaScript. */
import type { Platform } from './backend.ts'
import { addWasmGradients } from './wasm-gradients.ts'

export const browser: Platform = {
  order: ['webgpu', 'webgl', 'wasm', 'cpu'],
  install: {
    async webgpu() {
      if (!('gpu' in navigator)) throw new Error('this browser has no WebGPU')
      await import('@tensorflow/tfjs-backend-webgpu')
    },
    async webgl() {
      await import('@tensorflow/tfjs-backend-webgl')
    },
    async wasm(tf, { wasmFiles }) {
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
      if (wasmFiles !== undefined) setWasmPaths(wasmFiles.endsWith('/') ? wasmFiles : `${wasmFiles}/`)
      addWasmGradients(tf)
    },
    async cpu() {
      await import('@tensorflow/tfjs-backend-cpu')
    },
  },
}
