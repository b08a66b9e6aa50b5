import { inputShapeOf, type Signature } from '@tributary/protocols/task'
import { findValues } from './check-values.ts'
import { badExamples, type Dataset, DEFAULT_MAX_EXAMPLES } from './dataset.ts'
import { createFindings } from './findings.ts'
import { checkedBatches } from './reading.ts'

/**
 * Reads the whole dataset once and holds it to the task's signature. Trainers do so by themselves in a training's first epoch; this tells sooner.
 * @throws TributaryError `bad-examples` that says which columns and which examples, and not what stands there; the signal's reason once it has aborted.
 */
export const checkAgainst = async (
  signature: Signature,
  dataset: Dataset,
  { maxExamples = DEFAULT_MAX_EXAMPLES, signal }: { maxExamples?: number; signal?: AbortSignal } = {},
): Promise<{ examples: number }> => {
  checkShape(signature, dataset)
  const findings = createFindings({ counted: 'example' })
  let examples = 0
  for await (const batch of checkedBatches(dataset, { maxExamples, signal })) {
    findValues(signature, batch, examples, findings)
    examples += batch.rows
  }
  findings.settle()
  return { examples }
}

/** @throws TributaryError `bad-examples`. */
export const checkShape = (signature: Signature, { shape }: Dataset): void => {
  const asked = inputShapeOf(signature)
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1)
  if (product(asked) !== product(shape))
    throw badExamples(
      `an example of the dataset is [${shape}], and the task’s signature has [${asked}]`,
      'Make the dataset by the task’s own signature, which stands in its assignment',
    )
}
