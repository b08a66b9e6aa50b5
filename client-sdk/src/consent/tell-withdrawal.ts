import { jsonFrom } from '../adapters/http-problem.ts'
import type { Statement, WithdrawalNeeds } from './withdrawal-needs.ts'

/** An answer that has not come after this long is not waited for. */
const PATIENCE_MS = 15_000

/** `told`: the coordinator has it, or knows no such client. `later`: it could not be reached, or something else answered. */
export const tellWithdrawal = async (
  { clock, post }: Pick<WithdrawalNeeds, 'clock' | 'post'>,
  statement: Statement,
): Promise<'told' | 'later'> => {
  const late = new AbortController()
  const cancel = clock.wakeAt(clock.now() + PATIENCE_MS, () => late.abort())
  try {
    const response = await post(statement, late.signal)
    // Something on the way may ask for a password too, and is no coordinator.
    if (!response.ok) return response.status === 401 && isProblem(response) ? 'told' : 'later'
    const { id, status } = Object(await jsonFrom(response))
    return id === statement.client && status === 'withdrawn' ? 'told' : 'later'
  } catch {
    return 'later' // whatever it was, the statement is kept and handed in again
  } finally {
    cancel()
  }
}

const isProblem = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('application/problem+json') === true
