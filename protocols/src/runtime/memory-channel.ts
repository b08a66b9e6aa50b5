import * as z from 'zod/mini'
import { problemText } from '../problem-text.ts'
import type { Channel, ChannelListener } from './channel.ts'
import type { Clock } from './clock.ts'

export type MemoryWire = {
  clock: Clock
  /** Milliseconds a message takes; asked once a message, so it may vary. */
  latencyMs: () => number
}

export type MemoryLine<A, B> = {
  left: Channel<B, A>
  right: Channel<A, B>
  /** Breaks the line: both ends learn of it, and whatever was on its way in either direction is lost. */
  cut(reason: string): void
}

/**
 * Two ends of a line in memory. Every message goes through JSON and the receiver's schema, as on a socket,
 * so what could not travel there does not travel here. Order is kept even where latency varies. Also as on a socket,
 * an end that closes still delivers what it has sent, and hears no more itself.
 */
export const memoryChannel = <A, B>(
  wire: MemoryWire,
  schemas: { toLeft: z.core.$ZodType<A>; toRight: z.core.$ZodType<B> },
): MemoryLine<A, B> => {
  const left = end<A>(wire, schemas.toLeft)
  const right = end<B>(wire, schemas.toRight)
  return {
    left: {
      send: right.deliver,
      listen: left.listen,
      close(reason = 'closed by peer') {
        left.endNow(reason)
        right.endInTurn(reason)
      },
    },
    right: {
      send: left.deliver,
      listen: right.listen,
      close(reason = 'closed by peer') {
        right.endNow(reason)
        left.endInTurn(reason)
      },
    },
    cut(reason) {
      left.endNow(reason)
      right.endNow(reason)
    },
  }
}

const end = <T>({ clock, latencyMs }: MemoryWire, schema: z.core.$ZodType<T>) => {
  let listener: ChannelListener<T> | undefined
  let lastArrival = 0
  /** `ending`: the other end has closed, and only what it sent before is still to come. */
  let state: 'open' | 'ending' | 'ended' = 'open'
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
      if (state !== 'open') return
      const text = JSON.stringify(message)
      clock.wakeAt(arrival(), () => {
        if (state === 'ended') return
        const parsed = z.safeParse(schema, JSON.parse(text))
        if (parsed.success) listener?.message(parsed.data)
        else listener?.malformed?.(problemText(parsed.error))
      })
    },
    endNow(reason: string) {
      if (state === 'ended') return
      state = 'ended'
      clock.wakeAt(clock.now(), () => listener?.closed(reason))
    },
    endInTurn(reason: string) {
      if (state !== 'open') return
      state = 'ending'
      clock.wakeAt(arrival(), () => {
        if (state === 'ended') return
        state = 'ended'
        listener?.closed(reason)
      })
    },
  }
}
