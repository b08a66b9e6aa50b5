import { availableParallelism } from 'node:os'
import { type RoundId, type TaskId, taskOfRound } from '@tributary/protocols'
import { loadCohortKernels } from '@tributary/protocols/cohort-kernels'
import { encodePublicKey, identityFromSeed } from '@tributary/protocols/crypto'
import { createCentralSum } from '@tributary/protocols/privacy'
import { largestCohort } from '@tributary/protocols/task'
import { createAuditVerification } from './audit/verification.ts'
import { createAccessService } from './clients/access.ts'
import { createDropOut } from './clients/drop-out.ts'
import { createClientService } from './clients/enrolment.ts'
import { createFleet } from './clients/fleet.ts'
import { createGateway, type Gateway } from './clients/gateway.ts'
import { createPresence, type Presence } from './clients/presence.ts'
import { createTokenService } from './clients/tokens.ts'
import { type Driving, leasedDriving, soleDriving } from './cluster/driving.ts'
import { createForward } from './cluster/forward.ts'
import { createHearing } from './cluster/hearing.ts'
import { createPeers, nobody, type Peers } from './cluster/peers.ts'
import { withSharedReads } from './cluster/shared-reads.ts'
import { newReplicaId } from './cluster/signal.ts'
import { pace } from './cohort/pacing.ts'
import type { CoordinatorNeeds, Observer } from './coordinator-needs.ts'
import { loadEnvelopePrimitives, nodeSha256 } from './crypto/native-primitives.ts'
import { deriveKey } from './crypto/own-key.ts'
import { createRoundKeys } from './crypto/round-keys.ts'
import { createAggregate } from './engine/aggregate.ts'
import { createAnnouncements, type Notice } from './engine/announcements.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { createReleaseInFlight } from './engine/in-flight.ts'
import { createRoundEffects, sweepUpdates } from './engine/round-effects.ts'
import { createRoundNoise } from './engine/round-noise.ts'
import { createSecureRounds } from './engine/secure-round.ts'
import { createStandings } from './engine/standing.ts'
import { StoppingError } from './faults/stopping.ts'
import { createInsight } from './insight/insight.ts'
import { unseenHost } from './insight/unseen-host.ts'
import { createLive, type Live } from './live/live.ts'
import { withWatchers } from './live/watched-store.ts'
import { createModelService } from './models/model-service.ts'
import { createModelSigner } from './models/model-signer.ts'
import type { Task } from './ports/records.ts'
import { isRefusal } from './refusal.ts'
import { policyOfRound } from './round/policy.ts'
import { isOpen, type Round } from './round/round.ts'
import type { Services } from './services.ts'
import { createSessionService } from './sign-in/session-service.ts'
import { countUploads } from './submissions/count-uploads.ts'
import { createSubmissionService } from './submissions/submission-service.ts'
import { createUpdateReader } from './submissions/update-reader.ts'
import { type BeginRound, createBeginRound } from './tasks/begin-round.ts'
import { createRoundService } from './tasks/round-service.ts'
import { createScheduler } from './tasks/scheduler.ts'
import { createTaskService } from './tasks/task-service.ts'
import { createUnmasking } from './unmasking/unmasking.ts'
import { withOutbox } from './webhooks/outbox.ts'
import { createWebhooks } from './webhooks/webhooks.ts'

export type Coordinator = {
  services: Services
  gateway: Gateway
  presence: Presence
  /** What goes on, for whoever watches. */
  live: Pick<Live, 'watch'>
  /** Among processes that share tables: tasks that this one drives, and how many others it hears. */
  standing(): { tasksDriven: number; others: number }
  /** Rounds that this process drives. */
  atWork(): Round[]
  /** Takes up what an earlier process left unfinished, and begins rounds that are due. */
  start(): Promise<void>
  /** Ends timers and waits for effects at work; what is unfinished is taken up at the next start. */
  stop(): Promise<void>
}

/** The composition root: every room is built here, once, from what it asks for. */
export const createCoordinator = async (needs: CoordinatorNeeds): Promise<Coordinator> => {
  const { clock, random, models, updates, ownKey, observer, shared, measure = (_, does) => does } = needs
  const { host = unseenHost(clock.now()) } = needs
  const live: Live = createLive({
    clock: shared?.steady ?? clock,
    store: needs.store,
    fleet: () => fleet.counts(),
    tell: shared && ((signal) => others.tell(signal)),
    fault: (error) => fault(error, { during: 'live views' }),
  })
  const tables = shared ? withSharedReads(needs.store) : needs.store
  const queued = () => webhooks.sender?.wake()
  const store = withWatchers(needs.webhooks ? withOutbox(tables, { clock, queued }) : tables, live)
  const kernels = await loadCohortKernels()
  const { primitives, verify } = await loadEnvelopePrimitives()
  const unmasking = createUnmasking({
    kernels,
    x25519: primitives.x25519,
    // One core is left to messages and uploads.
    threads: Math.max(1, availableParallelism() - 1),
  })
  const readUpdate = createUpdateReader(kernels.firstNonFinite)
  const fault: Observer['fault'] = (error, about) => {
    if (!(error instanceof StoppingError)) observer.fault(error, about)
  }

  const webhooks = createWebhooks({ clock, random, store, ownKey, outside: needs.webhooks, fault })

  const replica = shared?.replica ?? newReplicaId(random)
  const others: Peers = shared
    ? createPeers({
        replica,
        clock: shared.steady,
        signals: shared.signals,
        roll: () => presence.roll(),
        lines: () => presence.online(),
        hear: (signal, from) => hear(signal, from),
        arrived: (task) => noticeWaiting(task),
        moved: live.counted,
        missed: () => void lookAgain().catch((error) => fault(error, { during: 'catching up' })),
        fault: (error) => fault(error, { during: 'signals' }),
      })
    : nobody
  const driving: Driving = shared
    ? leasedDriving({
        clock: shared.steady,
        store,
        holder: replica,
        taken: (task) => observer.driving(task, 'taken'),
        look: (task) => lookAt(task),
        lost(task) {
          observer.driving(task, 'let go')
          engine.release(task)
        },
        fault,
      })
    : soleDriving()

  const presence = createPresence({
    joined(client) {
      others.tell({ type: 'line-opened', client })
      live.moved(client)
    },
    left: live.moved,
    moved(whereabouts) {
      others.moved(whereabouts)
      live.counted()
    },
    elsewhere: others,
  })
  const access = createAccessService({ clock, random, store, ownKey })
  const signing = identityFromSeed(deriveKey(ownKey, 'secure aggregation'))
  const { x25519 } = primitives
  const roundKeys = createRoundKeys({ store, random, ownKey, primitives })
  const signer = createModelSigner({ id: needs.id, signing })
  const announcements = createAnnouncements({
    clock,
    store,
    presence,
    access,
    signer,
    session: (round) => engine.session(round),
  })
  const announce = async (notice: Notice): Promise<void> => {
    others.tell({ type: 'notice', notice })
    await announcements.deliver(notice)
  }

  const destroyKey = async (round: RoundId): Promise<void> => {
    await roundKeys.destroy(round)
    others.tell({ type: 'key-destroyed', round })
  }

  const deciding: Engine = createEngine({
    clock,
    store,
    policyOf: async (round) => {
      const found = await store.tasks.get(round.task)
      if (!found) throw new Error(`round ${round.id} has no task`)
      return policyOfRound(found.file, round, await store.clients.active())
    },
    means: { sign: signing.sign, verifySignature: verify, x25519, sha256: nodeSha256 },
    fence: driving.fence,
    lost: driving.lost,
    perform: createRoundEffects({
      clock,
      random,
      store,
      presence,
      announce,
      roundKeys: { make: roundKeys.make, destroy: destroyKey },
      updates,
      aggregate: measure(
        'aggregation',
        createAggregate({
          store,
          models,
          updates,
          roundKeys,
          readUpdate,
          kernels,
          session: (round) => engine.session(round),
          unmask: measure('unmasking', unmasking.unmask),
          x25519,
          centralSum: createCentralSum,
          noise: createRoundNoise({ store, ownKey }),
        }),
      ),
      secure: createSecureRounds({ store, random, coordinator: encodePublicKey(signing.publicKey) }),
      engine: () => engine,
    }),
    deadline: async (round) => {
      const waiting = presence.count(round.task)
      await engine.dispatch(round.id, { type: 'time-passed', waiting })
    },
    saved: observer.roundSaved,
    ended: ({ task }) => void scheduler.consider(task),
    fault: (error, { round, during }) => fault(error, { task: taskOfRound(round), round, during }),
  })
  const engine: Engine = { ...deciding, dispatch: measure('decision', deciding.dispatch) }
  const forward = createForward({
    replica,
    clock: shared?.steady ?? clock,
    fence: driving.fence,
    engine,
    tell: others.tell,
  })
  const anywhere = { ...engine, dispatch: forward.dispatch }
  const standings = createStandings({ clock, engine: anywhere })

  /** Tells a round that selects, or that invites as long as it goes on, how many clients there are: it began, or one more has come. */
  const countWaiting = async (task: TaskId): Promise<void> => {
    if (!driving.fence(task)) return
    const latest = await store.rounds.latest(task)
    if (latest?.phase !== 'selecting' && !(latest?.phase === 'training' && latest.buffer)) return
    await engine.dispatch(latest.id, { type: 'clients-waiting', waiting: presence.count(task) })
  }
  const noticeWaiting = (task: TaskId) =>
    void countWaiting(task).catch((error) => fault(error, { task, during: 'selection' }))

  /** What is new in the tables about a task is acted on, where this process drives it or can. */
  const lookAt = async (task: TaskId): Promise<void> => {
    await driving.consider(task)
    if (!driving.fence(task)) return
    await engine.resume()
    await scheduler.consider(task)
    noticeWaiting(task)
  }
  /** Has a task looked at by whoever drives it. */
  const look = async (task: TaskId): Promise<void> => {
    others.tell({ type: 'look', task })
    await lookAt(task)
  }

  const lookSoon = (task: TaskId) =>
    void look(task).catch((error) => fault(error, { task, during: 'looking at a task' }))

  const tryToBegin = createBeginRound({ clock, store, engine, began: ({ task }) => lookSoon(task) })
  const begin: BeginRound = async (task, cause) => {
    const begun = await tryToBegin(task, cause)
    if (isRefusal(begun)) observer.refusedRound(begun.refused)
    return begun
  }
  const scheduler = createScheduler({
    clock,
    store,
    drives: (task) => !!driving.fence(task),
    begin,
    releaseInFlight: createReleaseInFlight({ clock, store, roundKeys: { destroy: destroyKey }, announce }),
    fault,
  })
  const rounds = createRoundService({ clock, store, engine: anywhere, begin, progressOf: live.progressOf })
  const fleet = createFleet({ store, presence })

  const submissions = countUploads(
    createSubmissionService({
      clock,
      store,
      updates,
      roundKeys,
      readUpdate,
      norm: kernels.norm,
      verify,
      standings,
      refused: observer.refusedUpdate,
    }),
  )

  const { hear, lookAgain } = createHearing({
    clock,
    store,
    presence,
    announcements,
    roundKeys,
    engine,
    scheduler,
    forward,
    live,
    lookAt,
    fault,
  })

  const paceOf = async (task: Task) => {
    const { cohort } = task.file
    const latest = await store.rounds.latest(task.id)
    return pace(
      {
        status: task.status,
        hasModel: (await store.models.latest(task.id)) !== undefined,
        waiting: presence.count(task.id) - 1,
        wanted: largestCohort(cohort),
        roundOpen: latest !== undefined && isOpen(latest),
        trainingMs: cohort.trainingSeconds * 1_000,
        nextRoundAt: await scheduler.dueAt(task),
        now: clock.now(),
      },
      random,
    )
  }

  const standing = () => ({ tasksDriven: driving.count(), others: others.alive() })

  return {
    presence,
    live,
    standing,
    atWork: engine.atWork,
    services: {
      access,
      signer,
      sessions: createSessionService({ clock, random, store, terms: needs.signInTerms }),
      rounds,
      tasks: createTaskService({ clock, store, models, changed: look, dueAt: scheduler.dueAt, rounds }),
      models: createModelService({
        clock,
        store,
        models,
        scan: kernels.firstNonFinite,
        imported: (task) => {
          lookSoon(task)
          announce({ kind: 'published', task }).catch((error) => fault(error, { task, during: 'publish' }))
        },
      }),
      clients: createClientService({
        clock,
        random,
        store,
        ownKey,
        verify,
        disconnect(client) {
          others.tell({ type: 'revoked', client })
          presence.line(client)?.close('revoked')
        },
        coordinator: needs.id,
        dropOut: createDropOut({ store, standings, fault }),
      }),
      submissions: { receive: measure('upload', submissions.receive) },
      audit: { list: store.audit, verify: createAuditVerification({ clock, store }) },
      tokens: createTokenService({ clock, store }),
      fleet,
      insight: createInsight({
        clock,
        store,
        presence,
        host,
        dueAt: scheduler.dueAt,
        webhooks: webhooks.service,
        queue: () => ({ decisions: engine.backlog(), uploads: submissions.underWay() }),
        processes: standing,
      }),
      webhooks: webhooks.service,
    },
    gateway: createGateway({
      coordinator: needs.id,
      clock,
      random,
      store,
      presence,
      engine: anywhere,
      standings,
      announcements,
      access,
      verify,
      paceOf,
      checkedIn: noticeWaiting,
      progress: ({ standing, member, message: { fraction, loss } }) =>
        live.progressed(standing.round, member, {
          fraction,
          ...(loss !== undefined && { loss }),
          at: clock.now(),
        }),
      refused: observer.refusedMessage,
      fault,
    }),
    async start() {
      await sweepUpdates({ updates, store, clock }, { olderThanMs: shared ? STRAY_MS : 0 })
      others.start()
      await driving.start()
      await engine.resume()
      await scheduler.start()
      webhooks.sender?.start()
    },
    async stop() {
      scheduler.stop()
      forward.stop()
      standings.stop()
      await live.stop()
      await Promise.all([engine.stop(), unmasking.stop(), webhooks.sender?.stop()])
      await driving.stop()
      others.stop()
    },
  }
}

/** An update that another process has kept is counted, or thrown away, long before this. */
const STRAY_MS = 60 * 60_000
