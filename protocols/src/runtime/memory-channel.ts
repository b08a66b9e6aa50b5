import type * as z from 'zod'
import type { Channel, ChannelListener } from './channel.ts'
import type { Clock } from './clock.ts'

export type MemoryWire = {
  clock: Clock
  /** Milliseconds a message takes; asked once a message, so it may vary. */
  latencyMs: () => number
}

/**
 * Two ends of a line in memory. Every message goes through JSON and the receiver's schema, as on a socket,
 * so what could not travel there does not travel here. Order is kept even where latency varies.
 */
export const memoryChannel = <A, B>(
  wire: MemoryWire,
  schemas: { toLeft: z.ZodType<A>; toRight: z.ZodType<B> },
): { left: Channel<B, A>; right: Channel<A, B> } => {
  const line = { open: true }
  const left = end<A>(wire, schemas.toLeft, line)
  const right = end<B>(wire, schemas.toRight, line)
  const close = (reason: string) => {
    if (!line.open) return
    line.open = false
    left.hangUp(reason)
    right.hangUp(reason)
  }
  return {
    left: { send: right.deliver, listen: left.listen, close: (reason = 'closed by peer') => close(reason) },
    right: { send: left.deliver, listen: right.listen, close: (reason = 'closed by peer') => close(reason) },
  }
}

const end = <T>({ clock, latencyMs }: MemoryWire, schema: z.ZodType<T>, line: { open: boolean }) => {
  let listener: ChannelListener<T> | undefined
  let lastArrival = 0
  const arrival = () => {
    lastArrival = Math.max(lastArrival, clock.now() + latencyMs())
    return lastArrival
  }
  return {
    listen(next: ChannelListener<T>) {
      if (listener) throw new Error('this end of the channel has a listener already')
      listener = next
    },
    deliver(message: unknown) {
      if (!line.open) return
      const text = JSON.stringify(message)
      clock.wakeAt(arrival(), () => {
        if (!line.open) return
        const parsed = schema.safeParse(JSON.parse(text))
        if (parsed.success) listener?.message(parsed.data)
        else listener?.malformed?.(parsed.error.message)
      })
    },
    hangUp: (reason: string) => void clock.wakeAt(arrival(), () => listener?.closed(reason)),
  }
}
