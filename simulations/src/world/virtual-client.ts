import type {
  Bulk,
  ModelCache,
  ParticipationStore,
  PersonalTraining,
  RecordStore,
  Trainer,
  TrainingResult,
  Upload,
} from '@tributary/client-sdk'
import { createParticipant, type Participant } from '@tributary/client-sdk/participant'
import { type Coordinator, nodeVerify } from '@tributary/coordinator'
import type { RoundId, TaskId } from '@tributary/protocols'
import type { EnvelopePrimitives, Identity } from '@tributary/protocols/crypto'
import { ClientMessage, CoordinatorMessage, type Invitation } from '@tributary/protocols/messages'
import { memoryChannel, type SeededRandom, uniform, type VirtualClock } from '@tributary/protocols/runtime'
import type { Computing } from './computing.ts'
import { type Moves, ownCache, pacedBulk } from './transfers.ts'

export type VirtualClient = {
  name: string
  task: TaskId
  trainer: Trainer
  /** Virtual milliseconds that a training takes; asked as it begins. */
  trainMs: number | (() => number)
  /** Its record of how often it took part; left out, it has none of before. */
  participations?: ParticipationStore
  /** Its own vector, where the strategy has one; left out, it has none of before. */
  variates?: RecordStore
  /** What it does, and keeps, of tasks in which something is each client's own; left out, it cannot take part in them. */
  personal?: PersonalTraining
  /** Left out, bytes take no time. */
  moves?: Moves
  /** Asked as a training begins: after how long in it the client is lost without a word, and who is told then. Left out, never. */
  loss?(): { afterMs: number; told(): void } | undefined
  /** Hands in something else than the SDK has sealed: a client that lies. */
  tamper?: Tamper
}

export type Tamper = (
  upload: Upload,
  by: { identity: Identity; invitation: Invitation; primitives: EnvelopePrimitives },
) => Upload

export type ClientNeeds = {
  clock: VirtualClock
  computing: Computing
  coordinator: Pick<Coordinator, 'gateway'>
  bulk: Bulk
  /** Models by digest: what one client has downloaded is the same bytes for all. */
  cache: ModelCache
  primitives: EnvelopePrimitives
  latencyMs: { least: number; most: number }
}

/** The SDK's own participant, on a memory wire through the real schemas. It joins at once. */
export const startClient = (
  { clock, computing, coordinator, latencyMs, bulk, cache, ...needs }: ClientNeeds,
  { name: _, task, trainer, trainMs, moves, loss, tamper, ...stores }: VirtualClient,
  {
    identity,
    chance,
    trainingSeed,
  }: { identity: Identity; chance: SeededRandom; trainingSeed(round: RoundId): number },
): Participant => {
  const wires = chance.fork('wire')
  let cut: (reason: string) => void = () => {}
  let invitation: Invitation | undefined
  const paced = moves ? pacedBulk(bulk, moves, computing) : bulk

  const train: Trainer['train'] = async (job) => {
    const lost = loss?.()
    if (lost) return vanish(lost, job.signal)
    const ms = typeof trainMs === 'number' ? trainMs : trainMs()
    return computing.after(ms, trainer.train(job), job.signal)
  }
  const vanish = async (
    { afterMs, told }: { afterMs: number; told(): void },
    signal: AbortSignal,
  ): Promise<TrainingResult> => {
    await computing.after(afterMs, Promise.resolve(), signal)
    cut('the client is lost')
    participant.leave()
    told()
    throw signal.reason
  }

  const participant = createParticipant({
    ...needs,
    ...stores,
    task,
    identity,
    bulk: {
      download: paced.download,
      upload: (upload, signal) =>
        paced.upload(
          tamper && invitation?.round === upload.round
            ? tamper(upload, { identity, invitation, primitives: needs.primitives })
            : upload,
          signal,
        ),
    },
    cache: ownCache(cache),
    connect() {
      const line = memoryChannel(
        { clock, latencyMs: () => latencyMs.least + (latencyMs.most - latencyMs.least) * uniform(wires) },
        { toLeft: CoordinatorMessage, toRight: ClientMessage },
      )
      cut = line.cut
      coordinator.gateway.accept(line.right)
      return line.left
    },
    trainer: { train },
    clock,
    random: chance.fork('participant'),
    trainingSeed,
    keyRandom: chance.fork('keys'),
    verify: nodeVerify,
    privacy: { audience: 'demo' },
    decide(asked) {
      invitation = asked
      return { kind: 'accept' }
    },
    told() {},
    changed() {},
  })
  participant.join()
  return participant
}
