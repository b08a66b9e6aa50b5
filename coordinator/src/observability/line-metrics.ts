import { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import type { Channel } from '@tributary/protocols/runtime'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Gateway } from '../clients/gateway.ts'

/** Counts lines and the messages on them, by type: words of the protocol, and `malformed` for what is none. */
export const createLineMetrics = (
  registers: [Registry],
): ((accept: Gateway['accept']) => Gateway['accept']) => {
  const opened = new Counter({
    name: 'tributary_lines_opened_total',
    help: 'Lines that clients opened, authenticated or not.',
    registers,
  })
  const closed = new Counter({
    name: 'tributary_lines_closed_total',
    help: 'Lines that ended, for whatever reason.',
    registers,
  })
  const openNow = new Gauge({
    name: 'tributary_lines_open',
    help: 'Lines that are open, authenticated or not.',
    registers,
  })
  const received = new Counter({
    name: 'tributary_messages_received_total',
    help: 'Control messages from clients, by type.',
    labelNames: ['type'],
    registers,
  })
  const sent = new Counter({
    name: 'tributary_messages_sent_total',
    help: 'Control messages to clients, by type.',
    labelNames: ['type'],
    registers,
  })
  for (const type of [...typesOf(ClientMessage), 'malformed']) received.inc({ type }, 0)
  for (const type of typesOf(CoordinatorMessage)) sent.inc({ type }, 0)

  const counted = (line: Channel<CoordinatorMessage, ClientMessage>): typeof line => ({
    send(message) {
      sent.inc({ type: message.type })
      line.send(message)
    },
    listen: (listener) =>
      line.listen({
        message(message) {
          received.inc({ type: message.type })
          listener.message(message)
        },
        malformed(problem) {
          received.inc({ type: 'malformed' })
          listener.malformed?.(problem)
        },
        closed(reason) {
          closed.inc()
          openNow.dec()
          listener.closed(reason)
        },
      }),
    close: (reason) => line.close(reason),
  })
  return (accept) => (line) => {
    opened.inc()
    openNow.inc()
    accept(counted(line))
  }
}

const typesOf = ({ def }: typeof ClientMessage | typeof CoordinatorMessage): string[] =>
  def.options.flatMap(({ shape }) => shape.type.def.values)
