/** Enrolment: a token and a proof of the key, for a place among the coordinator's clients. */
import '../participation/lazily.ts'
import { unreachable } from '@tributary/protocols'
import { encodePublicKey, encodeSignature, type Identity, proveEnrolment } from '@tributary/protocols/crypto'
import { type Clock, deviceClock } from '@tributary/protocols/platform'
import { clientPaths, EnrolmentView, EnrolRequest } from '@tributary/protocols/rest'
import { messageOf, TributaryError } from '../tributary-error.ts'
import type { Endpoints } from './endpoints.ts'
import type { Fetch } from './http-download.ts'
import { jsonFrom, readProblem } from './http-problem.ts'
import { patience } from './patience.ts'

type Asking = { endpoints: Endpoints; fetch: Fetch; clock?: Clock; signal?: AbortSignal | undefined }

/** An answer that has not come after this long is not waited for. */
const PATIENCE_MS = 60_000

/**
 * Enrols this identity, and gives what the coordinator says of it and of itself. Enrolling it again is answered the same, and spends nothing of the token.
 * @throws TributaryError `enrolment-refused`, `unreachable` or `bad-answer`; the signal's reason when that has aborted.
 */
export const enrol = async (asking: Asking, identity: Identity, token: string): Promise<EnrolmentView> => {
  if (typeof token !== 'string') throw notAToken()
  const request = EnrolRequest.safeParse({
    token,
    publicKey: encodePublicKey(identity.publicKey),
    proof: encodeSignature(proveEnrolment(identity, token)),
  })
  if (!request.success) throw notAToken()
  const { clock = deviceClock(), signal = new AbortController().signal } = asking
  const waiting = patience(clock, PATIENCE_MS, signal)
  try {
    return await answerTo(request.data, { ...asking, signal: waiting.signal }, identity)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    waiting.done()
  }
}

const answerTo = async (
  request: EnrolRequest,
  asking: Asking,
  identity: Identity,
): Promise<EnrolmentView> => {
  const response = await ask(asking, request)
  // A coordinator has clients at this path; what says that there is nothing is another server, or another path of one.
  if (response.status === 404) throw notACoordinator()
  if (!response.ok) throw await refusal(response)
  const answer = EnrolmentView.safeParse(await jsonFrom(response).catch(() => undefined))
  if (!answer.success || answer.data.id !== identity.clientId) throw notACoordinator()
  return answer.data
}

const notAToken = () =>
  new TributaryError({
    code: 'enrolment-refused',
    problem: 'this is not an enrolment token',
    remedy: 'Ask the coordinator’s operator for one; it begins with tre_',
  })

const notACoordinator = () =>
  new TributaryError({
    code: 'bad-answer',
    problem: 'the answer to the enrolment is not one of a coordinator',
    remedy: 'Check the coordinator’s address, and what stands between it and this device',
  })

const ask = async ({ endpoints, fetch, signal }: Asking, request: EnrolRequest) => {
  const url = endpoints.rest(clientPaths.clients)
  try {
    return await fetch(url, {
      method: 'POST',
      redirect: 'error',
      ...(signal && { signal }),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
  } catch (cause) {
    const problem = `${url} cannot be reached: ${reasonOf(cause)}`
    const remedy =
      'Check the address, that the coordinator runs, the network and, in a page, that the coordinator’s --cors-origins names its origin; then enrol again'
    throw new TributaryError({ code: 'unreachable', problem, remedy }, { cause })
  }
}

/** Node's fetch says `fetch failed` and keeps why to its cause; browsers have no more to say. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error && error.cause.message !== ''
    ? `${error.message} (${error.cause.message.trim()})`
    : messageOf(error)

const refusal = async (response: Response): Promise<TributaryError> => {
  const { word, detail } = await readProblem(response)
  const code = response.status >= 500 || response.status === 429 ? 'unreachable' : 'enrolment-refused'
  return new TributaryError({
    code,
    problem: `the coordinator did not enrol this client: ${detail.replace(/\.$/, '')}`,
    remedy: remedyOf(word, code),
  })
}

const remedyOf = (word: string | undefined, code: 'unreachable' | 'enrolment-refused'): string => {
  if (word === 'token-spent' || word === 'token-expired') return 'Ask the operator for a new enrolment token'
  switch (code) {
    case 'unreachable':
      return 'Enrol again in a while'
    case 'enrolment-refused':
      return 'Check the token with the coordinator’s operator'
    default:
      return unreachable(code)
  }
}
