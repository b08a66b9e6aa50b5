import { clientBase64 } from './client.generated.ts'
import { instantiateModule } from './instantiate-module.ts'
import type { VectorKernels } from './kernels.ts'
import { plainVectors } from './plain-vectors.ts'
import { createChacha20 } from './simd-chacha20.ts'
import type { ClientExports } from './simd-module.ts'
import { simdVectorKernels } from './simd-vector.ts'
import { createWorkspace } from './workspace.ts'

let loading: Promise<VectorKernels> | undefined

/** As `loadKernels`, of a module that has no more than a client needs. */
export function loadVectorKernels(): Promise<VectorKernels> {
  // The bytes are our own compile, held equal to the assembly sources by a test.
  loading ??= instantiateModule(clientBase64).then((simd) =>
    simd ? createVectorKernels(simd as ClientExports) : plainVectors,
  )
  return loading
}

/** The kernels on one instance of the client's module, or of any that has what it has. */
const createVectorKernels = (simd: ClientExports): VectorKernels => {
  const workspace = createWorkspace(simd)
  return { name: 'simd', ...simdVectorKernels(workspace), chacha20Add: createChacha20(workspace).add }
}
