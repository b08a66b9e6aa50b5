import type { RoundId } from '@tributary/protocols'
import { createRows, type Rows } from '@tributary/protocols/secagg'
import type { Store } from '../ports/store.ts'
import { type Aggregating, hasSession, type SecureTraining, stepOf } from '../round/round.ts'

/** A round in its session, with what was said in it: state and rows of one moment. */
export type InSession = { round: SecureTraining | Aggregating; rows: Rows }

/**
 * Reads both from the tables, which another process may be writing. Rows are never fewer than the state speaks of until
 * they are erased, which is after the session's last step: where the step is the same before and after, nothing is missing.
 */
export const readSession = async (
  tables: { get: Store['rounds']['get']; rows: Store['sessions']['ofRound'] },
  id: RoundId,
): Promise<InSession | undefined> => {
  let round = await tables.get(id)
  while (round && hasSession(round)) {
    const rows = createRows(await tables.rows(id))
    const after = await tables.get(id)
    if (after && stepOf(after) === stepOf(round)) return { round, rows }
    round = after
  }
  return undefined
}
