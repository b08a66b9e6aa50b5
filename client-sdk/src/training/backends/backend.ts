/** tfjs, as types only: everything that runs is loaded when a backend is. */
export type Tf = typeof import('@tensorflow/tfjs-core')
export type TfLayers = typeof import('@tensorflow/tfjs-layers')
export type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
export type { LayersModel } from '@tensorflow/tfjs-layers'

export type BackendName = 'tensorflow' | 'webgpu' | 'webgl' | 'wasm' | 'cpu'

export type Backend = { name: BackendName; tf: Tf; layers: TfLayers }

export type BackendOptions = {
  /** What to try, best first. Left out, the platform's own order. */
  prefer?: readonly BackendName[]
  /** Browsers: the address of the folder that holds the wasm backend's `.wasm` files. Node finds them in the package. */
  wasmFiles?: string
  /** Hears the one line that says which backend was chosen, and why not the ones before it. */
  log?: (line: string) => void
}

/** Makes a backend known to tfjs. Rejects where it cannot be. */
export type InstallBackend = (tf: Tf, options: BackendOptions) => Promise<void>

/** What a platform has, best first. */
export type Platform = {
  order: readonly BackendName[]
  install: Readonly<Partial<Record<BackendName, InstallBackend>>>
}
