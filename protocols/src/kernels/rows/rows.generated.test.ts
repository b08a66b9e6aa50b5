import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compileKernels, generatedSource, ROW_KERNELS } from '../../../../scripts/build-kernels.ts'

test('the committed module is what the assembly sources compile to', async () => {
  const committed = await readFile(new URL('./rows.generated.ts', import.meta.url), 'utf8')
  expect(committed, 'run `npm run build:kernels` and commit the result').toBe(
    generatedSource(ROW_KERNELS, await compileKernels(ROW_KERNELS)),
  )
})
