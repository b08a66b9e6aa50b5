import type { TaskId } from '@tributary/protocols'
import type { TaskPrivacyView } from '@tributary/protocols/rest'
import { reportOfLedger } from '../operate/privacy-ledger.ts'
import type { Store } from '../ports/store.ts'
import { type Refusal, refuse } from '../refusal.ts'

/** What a task may spend of its clients' privacy, has spent, and has left. */
export const readTaskPrivacy = async (
  store: Pick<Store, 'tasks' | 'ledgers'>,
  id: TaskId,
): Promise<TaskPrivacyView | Refusal> => {
  const task = await store.tasks.get(id)
  if (!task) return refuse('not-found', `there is no task ${id}`)
  const report = reportOfLedger(task.file, await store.ledgers.get(id))
  return {
    budget: report ? { epsilon: report.budget.epsilon, delta: report.budget.delta } : null,
    spent: report?.spent ?? null,
    roundsLeft: report && report.roundsLeft !== 'unlimited' ? report.roundsLeft : null,
    secureAggregation: task.file.privacy.mode === 'secure-aggregation',
  }
}
