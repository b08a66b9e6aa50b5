import { TributaryError } from '@tributary/client-sdk'
import type { OperatorAnswer } from '../fleet/operator.ts'
import { until } from '../fleet/until.ts'

export type Patience = {
  what: string
  withinMs: number
  /** Throws where there is no sense in going on. */
  check(): void
}

/** Asks again for as long as the coordinator is away; throws whatever else goes wrong. */
export const insist = async <T>(ask: () => Promise<T>, { what, check, withinMs }: Patience): Promise<T> => {
  const attempt = async () => {
    check()
    try {
      return { answer: await ask() }
    } catch (error) {
      if (isAway(error)) return undefined
      throw error
    }
  }
  return (await until(what, attempt, { withinMs, everyMs: 20 })).answer
}

/** The body of an answer that is a 2xx. */
export const granted = ({ status, body }: OperatorAnswer): unknown => {
  if (status < 300) return body
  throw status >= 500
    ? new AwayError(`answered ${status}`)
    : new Error(`answered ${status}: ${JSON.stringify(body)}`)
}

class AwayError extends Error {
  override name = 'AwayError'
}

/** It died before or while it answered, or is about to stop. */
const isAway = (error: unknown): boolean =>
  error instanceof AwayError ||
  (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message)) ||
  (error instanceof TributaryError && error.code === 'unreachable')
