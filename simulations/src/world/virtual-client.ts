import {
  type Bulk,
  createParticipant,
  type ModelCache,
  type Participant,
  type ParticipationStore,
  type Trainer,
} from '@tributary/client-sdk'
import { type Coordinator, nodeVerify } from '@tributary/coordinator'
import type { RoundId, TaskId } from '@tributary/protocols'
import type { EnvelopePrimitives, Identity } from '@tributary/protocols/crypto'
import { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import { memoryChannel, type SeededRandom, uniform, type VirtualClock } from '@tributary/protocols/runtime'
import type { Computing } from './computing.ts'

export type VirtualClient = {
  name: string
  task: TaskId
  trainer: Trainer
  /** Virtual milliseconds that a training takes. */
  trainMs: number
  /** Its record of how often it took part; left out, it has none of before. */
  participations?: ParticipationStore
}

export type ClientNeeds = {
  clock: VirtualClock
  computing: Computing
  coordinator: Pick<Coordinator, 'gateway'>
  bulk: Bulk
  /** Models by digest: what one client has verified is the same bytes for all. */
  cache: ModelCache
  primitives: EnvelopePrimitives
  latencyMs: { least: number; most: number }
}

/** The SDK's own participant, on a memory wire through the real schemas. It joins at once. */
export const startClient = (
  { clock, computing, coordinator, latencyMs, ...needs }: ClientNeeds,
  { task, trainer, trainMs, participations }: VirtualClient,
  {
    identity,
    chance,
    trainingSeed,
  }: { identity: Identity; chance: SeededRandom; trainingSeed(round: RoundId): number },
): Participant => {
  const wires = chance.fork('wire')
  const participant = createParticipant({
    ...needs,
    task,
    identity,
    ...(participations && { participations }),
    connect() {
      const { left, right } = memoryChannel(
        { clock, latencyMs: () => latencyMs.least + (latencyMs.most - latencyMs.least) * uniform(wires) },
        { toLeft: CoordinatorMessage, toRight: ClientMessage },
      )
      coordinator.gateway.accept(right)
      return left
    },
    trainer: { train: (job) => computing.after(trainMs, trainer.train(job), job.signal) },
    clock,
    random: chance.fork('participant'),
    trainingSeed,
    keyRandom: chance.fork('keys'),
    verify: nodeVerify,
    privacy: { audience: 'demo' },
    decide: () => ({ kind: 'accept' }),
    told() {},
    changed() {},
  })
  participant.join()
  return participant
}
