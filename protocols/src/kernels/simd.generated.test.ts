import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import {
  CLIENT_KERNELS,
  compileKernels,
  generatedSource,
  VECTOR_KERNELS,
} from '../../../scripts/build-kernels.ts'

test.each([VECTOR_KERNELS, CLIENT_KERNELS])(
  'the committed $generated is what the assembly sources compile to',
  async (module) => {
    const committed = await readFile(new URL(module.generated, import.meta.url), 'utf8')
    expect(committed, 'run `npm run build:kernels` and commit the result').toBe(
      generatedSource(module, await compileKernels(module)),
    )
  },
)
