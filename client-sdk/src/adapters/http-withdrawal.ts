/** Hands in a statement of withdrawal (K11). */
import type { ClientId } from '@tributary/protocols'
import type { EncodedSignature } from '@tributary/protocols/crypto'
import { ClientView, clientPaths } from '@tributary/protocols/rest'
import type { Clock } from '@tributary/protocols/runtime'
import type { Endpoints } from './endpoints.ts'
import type { Fetch } from './http-download.ts'
import { readProblem } from './http-problem.ts'

/** An answer that has not come after this long is not waited for. */
const PATIENCE_MS = 15_000

/** `told`: the coordinator has it, or knows no such client. `later`: it could not be reached, or something else answered. */
export const tellWithdrawal = async (
  { endpoints, fetch, clock }: { endpoints: Endpoints; fetch: Fetch; clock: Clock },
  { client, signature }: { client: ClientId; signature: EncodedSignature },
): Promise<'told' | 'later'> => {
  const late = new AbortController()
  const cancel = clock.wakeAt(clock.now() + PATIENCE_MS, () => late.abort())
  try {
    const response = await fetch(endpoints.rest(clientPaths.withdrawal(client)), {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ signature }),
      signal: late.signal,
    })
    if (!response.ok) return (await readProblem(response)).word === 'unauthenticated' ? 'told' : 'later'
    const answer = ClientView.safeParse(await response.json())
    return answer.success && answer.data.id === client && answer.data.status === 'withdrawn'
      ? 'told'
      : 'later'
  } catch {
    return 'later' // whatever it was, the statement is kept and handed in again
  } finally {
    cancel()
  }
}
