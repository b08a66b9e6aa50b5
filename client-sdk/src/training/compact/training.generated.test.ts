import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compileKernels, generatedSource, TRAINING_KERNELS } from '../../../../scripts/build-kernels.ts'

test('the committed training module is what its assembly sources compile to', async () => {
  const committed = await readFile(new URL('./training.generated.ts', import.meta.url), 'utf8')
  expect(committed, 'run `npm run build:kernels` and commit the result').toBe(
    generatedSource(TRAINING_KERNELS, await compileKernels(TRAINING_KERNELS)),
  )
})
