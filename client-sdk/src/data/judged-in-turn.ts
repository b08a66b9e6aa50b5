import type { Signature } from '@tributary/protocols/task'
import type { Judge } from '../training/opened.ts'
import { checkShape } from './check-against.ts'
import { checkExamples } from './check-values.ts'
import type { Dataset } from './dataset.ts'
import { checkedBatches } from './reading.ts'

/** A dataset judged batch by batch: means over all its examples of the means over each batch's. */
export const judgedInTurn = async (
  dataset: Dataset,
  options: {
    signature?: Signature | undefined
    maxExamples: number
    signal?: AbortSignal | undefined
  },
  judge: Judge,
): Promise<Awaited<ReturnType<Judge>>> => {
  const { signature } = options
  if (signature) checkShape(signature, dataset)
  const sums = new Map<string, number>()
  let examples = 0
  for await (const batch of checkedBatches(dataset, options)) {
    if (signature) checkExamples(signature, batch, examples)
    const { metrics } = await judge(batch)
    for (const [name, value] of Object.entries(metrics))
      sums.set(name, (sums.get(name) ?? 0) + value * batch.rows)
    examples += batch.rows
  }
  return {
    examples,
    metrics: Object.fromEntries([...sums].map(([name, sum]) => [name, sum / examples])),
  }
}
