/** Traces of a client's part in rounds, joined to the coordinator's. Loaded by apps that trace alone: nothing else of the SDK knows of it. */
import { type Clock, deviceClock } from '@tributary/protocols/platform'
import { isSampled, spanIdOf, traceIdOf, traceparentOf } from '@tributary/protocols/tracing'
import type { FederatedClient } from '../client.ts'
import type { Trainer } from '../training/trainer.ts'
import { type Following, followed, spanOf, trained } from './participation-span.ts'
import type { Tracer } from './tracer.ts'

export type { ClientSpan, Tracer } from './tracer.ts'

/**
 * Hands a span to the tracer for each round that the client has worked for, once it no longer does. Call it before `join`, from which on the
 * coordinator's id is known; what is returned ends it. `ratio` of rounds are traced, 0 to 1 (1): with the coordinator's own `--traces-ratio`, the same.
 */
export const traceParticipation = <T extends Trainer>(
  client: FederatedClient<T>,
  tracer: Tracer,
  { ratio = 1, clock = deviceClock() }: { ratio?: number; clock?: Pick<Clock, 'now'> } = {},
): (() => void) => {
  let coordinator: string | undefined
  let following: Following | undefined

  const finish = () => {
    const ended = following
    following = undefined
    if (!ended || coordinator === undefined) return
    const traceId = traceIdOf(coordinator, ended.round)
    if (!isSampled(traceId, ratio)) return
    const at = clock.now()
    const traceparent = traceparentOf({ traceId, spanId: spanIdOf(traceId, 'training'), sampled: true })
    // Its id is at hand by now: it has signed for a round.
    void client
      .id()
      .then((id) => tracer({ traceparent, span: spanOf(ended, { task: client.task, client: id, at }) }))
  }
  const noted = (round: string, change: (now: Following) => Following) => {
    if (following?.round === round) following = change(following)
  }

  const stops = [
    client.on('challenged', (challenged) => {
      coordinator = challenged.coordinator
    }),
    client.on('state', (status) => {
      const round = 'round' in status ? status.round : undefined
      if (following && following.round !== round) finish()
      if ('round' in status) following = followed(following, status, clock.now())
    }),
    client.on('trained', ({ round }) => noted(round, (now) => trained(now, clock.now()))),
    client.on('submitted', ({ round }) => noted(round, (now) => ({ ...now, outcome: 'acknowledged' }))),
    client.on('failed', ({ round, reason }) =>
      noted(round, (now) => ({ ...now, outcome: 'failed', reason })),
    ),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
