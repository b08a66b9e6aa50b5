import { taskOfRound } from '@tributary/protocols'
import type { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import type { Gateway } from '../clients/gateway.ts'
import type { Log } from './log.ts'

/** Tells of lines at `debug` and of messages on them at `trace`: which, of whom, about what, and nothing else of what is in them. */
export const createLineLog =
  (root: Log) =>
  (accept: Gateway['accept']): Gateway['accept'] => {
    let lines = 0
    return (line) => {
      let log = root.child({ line: ++lines })
      log.debug({}, 'a line is open')
      accept({
        send(message) {
          if (message.type === 'welcome') {
            log = log.child({ client: message.client })
            log.debug({}, 'a client is on the line')
          }
          if (message.type === 'refused') log.debug({ of: message.of, reason: message.reason }, 'refused')
          else log.trace(subjectsOf(message), 'said')
          line.send(message)
        },
        listen: (listener) =>
          line.listen({
            message(message) {
              log.trace(subjectsOf(message), 'heard')
              listener.message(message)
            },
            malformed(problem) {
              log.debug({}, 'heard what is no message')
              listener.malformed?.(problem)
            },
            closed(reason) {
              log.debug({}, 'the line is gone')
              listener.closed(reason)
            },
          }),
        close: (reason) => line.close(reason),
      })
    }
  }

const subjectsOf = (message: ClientMessage | CoordinatorMessage) => ({
  type: message.type,
  ...('task' in message && { task: message.task }),
  ...('round' in message &&
    message.round !== undefined && { round: message.round, task: taskOfRound(message.round) }),
})
