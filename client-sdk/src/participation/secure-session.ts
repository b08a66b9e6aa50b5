/** A client's session of one secure round: runs the pure machine, and keeps its secrets off the participation's state. */
import type { Digest } from '@tributary/protocols'
import {
  beginClient,
  type ClientEffect,
  type ClientMeans,
  type ClientRefusal,
  ClientSecaggMessage,
  type ClientState,
  type ClientStep,
  type CoordinatorSecaggMessage,
  clientTransition,
  type Expectation,
  type Manifest,
  type MaskedMessage,
  type MaskItem,
} from '@tributary/protocols/secagg'

export type SessionStep = Exclude<ClientState['phase'], 'ended'>

export type SecureSession = {
  hear(message: CoordinatorSecaggMessage): void
  /** The masks of this client's one vector, once they are known. Never settles where the session ends before. */
  masks(): Promise<MaskItem[]>
  /** The vector has been masked: what is said of it goes with its upload. */
  masked(vector: Digest, bytes: number): MaskedMessage | undefined
  /** Ends it without a word where it has not ended, and overwrites what was secret. */
  cancel(): void
}

type Needs = {
  means: ClientMeans
  say(message: Exclude<ClientSecaggMessage, MaskedMessage>): void
  moved(step: SessionStep): void
  /** The coordinator said what an honest one never says: the session is over, and this is what it said. */
  ended(reason: ClientRefusal, evidence: readonly CoordinatorSecaggMessage[]): void
}

/** Joins, or refuses to: then it has ended when this returns. `entropy` is 32 bytes for this session alone. */
export const beginSession = (
  { means, say, moved, ended }: Needs,
  { manifest, expected, entropy }: { manifest: Manifest; expected: Expectation; entropy: Uint8Array },
): SecureSession => {
  const masks = Promise.withResolvers<MaskItem[]>()
  let state: ClientState | undefined
  let said: MaskedMessage | undefined
  let items: MaskItem[] = []
  let cancelled = false

  const take = (step: ClientStep) => {
    const before = state?.phase
    state = step.state
    for (const effect of step.effects) perform(effect)
    if (state.phase === before) return
    if (state.phase === 'ended') {
      // Masks that nobody put on yet are out of the machine's hands, and as secret as what it erases.
      for (const { key } of items) key.fill(0)
      if (!cancelled) ended(state.reason, state.evidence)
    } else moved(state.phase)
  }

  const perform = (effect: ClientEffect) => {
    switch (effect.type) {
      case 'send':
        // A masked vector's message is part of its upload, which is repeated until it is acknowledged.
        if (effect.message.type === 'secagg-masked') said = effect.message
        else if (!cancelled) say(checked(effect.message))
        return
      case 'mask':
        items = effect.items
        return masks.resolve(items)
      case 'erase':
        for (const secret of effect.secrets) secret.fill(0)
        return
      default:
        return effect satisfies never
    }
  }

  const { round } = manifest
  take(beginClient({ message: { type: 'secagg-manifest', round, manifest }, expected, entropy }, means))
  entropy.fill(0)
  return {
    hear(message) {
      if (state) take(clientTransition(state, { type: 'message', message }, means))
    },
    masks: () => masks.promise,
    masked(vector, bytes) {
      if (state) take(clientTransition(state, { type: 'vector-masked', vector, bytes }, means))
      return said
    },
    cancel() {
      cancelled = true
      if (state) take(clientTransition(state, { type: 'cancelled' }, means))
    },
  }
}

/** What the schema refuses is a mistake of ours, and is seen before it travels. */
const checked = <Message extends ClientSecaggMessage>(message: Message): Message => {
  ClientSecaggMessage.parse(message)
  return message
}
