import { lazily } from '../participation/lazily.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'

const load = lazily(() => import('./http-enrolment.ts'))

/**
 * Enrolment, which is once in a client's life.
 * @throws TributaryError `unreachable` where its code cannot be loaded.
 */
export const loadEnrolment = () =>
  load().catch((cause: unknown) => {
    const problem = `what enrols this client could not be loaded: ${messageOf(cause)}`
    const remedy = 'Check the network, then enrol again'
    throw new TributaryError({ code: 'unreachable', problem, remedy }, { cause })
  })
