import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compileKernels, generatedSource, VECTOR_KERNELS } from '../../../scripts/build-kernels.ts'

test('the committed module is what the assembly sources compile to', async () => {
  const committed = await readFile(new URL('./simd.generated.ts', import.meta.url), 'utf8')
  expect(committed, 'run `npm run build:kernels` and commit the result').toBe(
    generatedSource(VECTOR_KERNELS, await compileKernels(VECTOR_KERNELS)),
  )
})
