/** A line between two processes, either of which may end, over a network that loses, repeats, swaps and delays. */
import { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import { type Channel, type Clock, memoryChannel } from '@tributary/protocols/runtime'
import type { Life } from './life.ts'
import type { Mischief } from './mischief.ts'
import type { WorldPlan } from './world-plan.ts'

type Around = {
  clock: Clock
  mischief: Mischief
  latencyMs: WorldPlan['latencyMs']
  client: Life
  coordinator: Life
  /** Where the line stands until the coordinator knows who is on it. */
  strangers: Set<unknown>
  /** What the coordinator says, as it says it. */
  said(message: CoordinatorMessage): void
  noted(what: string): void
}

/** A line on which something other than a delay went wrong is dead within this time, as a socket's pings would find. */
const DOOMED_MS = 20_000

export const faultyLine = (around: Around) => {
  const { clock, mischief, latencyMs } = around
  const line = memoryChannel(
    {
      clock,
      latencyMs() {
        const ms = mischief.chance.between(latencyMs.least, latencyMs.most)
        return mischief.happens('messageDelayed') ? ms + mischief.chance.between(0, 15_000) : ms
      },
    },
    { toLeft: CoordinatorMessage, toRight: ClientMessage },
  )
  let cut = false
  const cutNow = (reason: string) => {
    if (cut) return
    cut = true
    line.cut(reason)
  }
  const doom = () => {
    const at = clock.now() + mischief.chance.between(0, DOOMED_MS)
    clock.wakeAt(at, () => cutNow('ping timeout'))
  }
  around.client.line(() => cutNow('the client is gone'))
  around.coordinator.line(() => cutNow('the coordinator is gone'))
  const { strangers } = around
  strangers.add(line)
  const known = () => void strangers.delete(line)
  const said = (message: CoordinatorMessage) => {
    if (message.type === 'welcome') known()
    around.said(message)
  }
  return {
    left: endOf(line.left, around, around.client, doom, { said() {}, closed() {} }),
    right: endOf(line.right, around, around.coordinator, doom, { said, closed: known }),
    cut: cutNow,
  }
}

const endOf = <Out extends { type: string }, In>(
  end: Channel<Out, In>,
  { mischief, noted }: Around,
  life: Life,
  doom: () => void,
  watching: { said(message: Out): void; closed(): void },
): Channel<Out, In> => {
  let held: Out | undefined
  const carry = (message: Out) => {
    if (mischief.happens('lineCut')) {
      noted(`line doomed at ${message.type}`)
      doom()
    }
    if (mischief.happens('messageLost')) {
      noted(`lost: ${message.type}`)
      return doom()
    }
    if (mischief.happens('messageSwapped')) {
      noted(`swapped: ${message.type}`)
      doom()
      if (held) end.send(held)
      held = message
      return
    }
    end.send(message)
    if (mischief.happens('messageRepeated')) {
      noted(`repeated: ${message.type}`)
      end.send(message)
    }
    if (held) end.send(held)
    held = undefined
  }
  return {
    send: (message) =>
      life.act(`sending ${message.type}`, () => {
        watching.said(message)
        carry(message)
      }),
    close: (reason) => life.act('closing a line', () => end.close(reason)),
    listen: ({ message, malformed, closed }) =>
      end.listen({
        message: (heard) => void (life.over() || message(heard)),
        malformed: (problem) => void (life.over() || malformed?.(problem)),
        closed(reason) {
          watching.closed()
          if (!life.over()) closed(reason)
        },
      }),
  }
}
