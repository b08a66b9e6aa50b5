/** A client's device: one identity, and as many runs of the SDK on it as somebody starts. */
import { type Bulk, memoryModelCache } from '@tributary/client-sdk'
import { createParticipant, type Participant } from '@tributary/client-sdk/participant'
import { nodeVerify } from '@tributary/coordinator'
import type { EnvelopePrimitives, Identity } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import type { Clock } from '@tributary/protocols/runtime'
import type { ClientRefusal } from '@tributary/protocols/secagg'
import { manifestOf } from '@tributary/protocols/task'
import { drawnTrainer } from './drawn-trainer.ts'
import { faultyBulk, type Serving, type Upload } from './faulty-bulk.ts'
import { faultyLine } from './faulty-line.ts'
import { forgeUpdate } from './forged-update.ts'
import { jumpingClock } from './jumping-clock.ts'
import { createLife, type Life } from './life.ts'
import type { Mischief } from './mischief.ts'
import type { Witness } from './witness.ts'
import type { WorldPlan } from './world-plan.ts'

export type Device = {
  /** Starts the SDK, beside one that may run already. */
  start(): void
  /** Ends every run without a word. */
  crash(): void
  /** The newest run goes on alone, or anew where none does. */
  settleDown(): void
  /** Every run says goodbye. Resolves when nothing of it is under way. */
  leave(): Promise<void>
  /** Somebody sets its clock, by so many milliseconds. */
  setClock(ms: number): void
  /** Timers that any run has armed. */
  armed(): number
}

type Run = { life: Life; participant: Participant }

type Needs = {
  identity: Identity
  primitives: EnvelopePrimitives
  /** Its own clock is this one, until somebody sets it. */
  steady: Clock
  mischief: Mischief
  witness: Witness
  plan: WorldPlan
  serving(): Serving | undefined
  /** What has been handed in so far, by anybody: what a listener could have kept. */
  captured: Upload[]
  noted(what: string): void
}

/** What an honest coordinator may seem guilty of to one of two runs of the same client. */
const OF_TWO_RUNS: ReadonlySet<string> = new Set<ClientRefusal>(['not-in-roster', 'out-of-turn'])

export const createDevice = (needs: Needs): Device => {
  const { identity, plan, mischief, steady, witness, serving } = needs
  const { chance } = mischief
  const client = identity.clientId
  const noted = (what: string) => needs.noted(`${client.slice(0, 8)} ${what}`)
  const clock = jumpingClock(steady)
  const runs: Run[] = []
  let started = 0
  let alone = false

  const start = () => {
    const number = started++
    const life = createLife({ clock, dies: () => false })
    const random = chance.random.fork(`run ${number}`)
    let trained: { delta: Float32Array; examples: number } | undefined
    const invitations = new Map<string, Invitation>()
    const network = faultyBulk({ clock: steady, mischief, witness, serving, noted })
    const bulk: Bulk = {
      download: (...asked) => life.call('download', () => network.download(...asked)),
      upload: (upload, signal) =>
        life.call('upload', () => {
          if (trained) witness.sealed(upload.submission.envelope, { round: upload.round, client, ...trained })
          const invitation = invitations.get(upload.round)
          const lies = mischief.happens('clientLies') && invitation !== undefined
          if (!lies) {
            needs.captured.push(upload)
            return network.upload(upload, signal)
          }
          noted(`lies to ${upload.round}`)
          const others = needs.captured.filter(
            (other) => other.client !== client || other.round !== upload.round,
          )
          const manifest = manifestOf(plan.file.model)
          return network.upload(
            forgeUpdate(upload, { identity, invitation, manifest, others, chance }),
            signal,
          )
        }),
    }
    const participant = createParticipant({
      task: plan.file.id,
      identity,
      connect() {
        const server = serving()
        const line = faultyLine({
          clock: steady,
          mischief,
          latencyMs: plan.latencyMs,
          client: life,
          coordinator: server?.life ?? life,
          strangers: server?.strangers ?? new Set(),
          said: (message) => witness.said(client, message),
          noted,
        })
        if (server) server.coordinator.gateway.accept(line.right)
        else line.cut('nobody answers')
        return line.left
      },
      bulk,
      cache: memoryModelCache(),
      trainer: {
        async train(job) {
          const breaks = mischief.happens('clientBreaks')
          const fails = mischief.happens('clientFails')
          const ms = mischief.happens('clientStalls')
            ? chance.between(1, 3) * plan.file.cohort.trainingSeconds * 1_000
            : chance.between(0, plan.file.cohort.trainingSeconds * 500)
          const result = await drawnTrainer((drawn) => {
            trained = drawn
          }).train(job)
          await new Promise<void>((resolve) => {
            const cancel = life.clock.wakeAt(clock.now() + ms, resolve)
            job.signal.addEventListener('abort', () => {
              cancel()
              resolve()
            })
          })
          job.signal.throwIfAborted()
          if (fails) throw new PlannedFailure('the training failed')
          return breaks ? { ...result, weights: brokenWeights(result.weights, chance.happens(0.5)) } : result
        },
      },
      clock: life.clock,
      random: random.fork('participant'),
      keyRandom: random.fork('keys'),
      primitives: needs.primitives,
      privacy: { audience: 'demo' },
      verify: nodeVerify,
      decide(invitation) {
        invitations.set(invitation.round, invitation)
        return mischief.happens('clientDeclines') ? { kind: 'decline', reason: 'busy' } : { kind: 'accept' }
      },
      told(notice) {
        if (life.over()) return
        if (notice.type === 'stopped') {
          noted(`stopped: ${notice.reason}`)
          if (notice.reason === 'replaced') joinAgain()
          else witness.report(`an honest client was stopped: ${notice.reason}`)
        }
        if (notice.type === 'fault' && !(notice.error instanceof PlannedFailure))
          witness.report(`the SDK met a fault during ${notice.during}: ${String(notice.error)}`)
        // Where two runs share one identity and nothing that they remember, the other's keys may be in the roster, or its shares be dealt already:
        // this one has every reason to doubt that.
        if (notice.type === 'evidence' && !(started > 1 && OF_TWO_RUNS.has(notice.reason)))
          witness.report(`an honest client holds evidence against an honest coordinator: ${notice.reason}`)
        if (notice.type === 'malformed') witness.report(`malformed: ${notice.detail}`)
      },
      changed() {},
    })
    /** Where a run that is gone has taken its place, its user has it join again. */
    const joinAgain = () => {
      if (alone) steady.wakeAt(steady.now(), () => void (life.over() || participant.join()))
    }
    runs.push({ life, participant })
    noted(`run ${number} starts`)
    participant.join()
  }

  const crash = () => {
    noted('crashes')
    for (const { life } of runs.splice(0)) life.end()
  }

  return {
    start,
    crash,
    settleDown() {
      alone = true
      const newest = runs.pop()
      crash()
      if (!newest) return start()
      runs.push(newest)
      if (newest.participant.state().phase !== 'joined') newest.participant.join()
    },
    async leave() {
      for (const { participant } of runs) participant.leave()
      await Promise.all(runs.map(({ participant }) => participant.settled()))
    },
    setClock(ms) {
      noted(`sets its clock by ${(ms / 1_000).toFixed(1)} s`)
      clock.jump(ms)
    },
    armed: () => runs.reduce((sum, { life }) => sum + life.armed(), 0),
  }
}

class PlannedFailure extends Error {
  override name = 'PlannedFailure'
}

const brokenWeights = (weights: Float32Array, notFinite: boolean): Float32Array =>
  notFinite ? weights.map(() => Number.NaN) : new Float32Array(weights.length + 1)
