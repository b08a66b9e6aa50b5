import type { Assignment } from '@tributary/protocols/task'
import type { Evaluator, TrainingResult } from './trainer.ts'

/** Trains; and where the strategy asks for it, judges the weights received by the same examples before. */
export const withInitialLoss = async (
  { strategy }: Pick<Assignment, 'strategy'>,
  judge: () => ReturnType<Evaluator['evaluate']>,
  train: () => Promise<TrainingResult>,
): Promise<TrainingResult> => {
  if (strategy?.name !== 'q-fedavg') return train()
  const { metrics } = await judge()
  const { loss: initialLoss } = metrics
  return { ...(await train()), ...(initialLoss !== undefined && { initialLoss }) }
}
