import { join } from 'node:path'
import { steadyClock, systemClock, systemRandom } from '@tributary/protocols/runtime'
import { watchEventLoop } from './adapters/event-loop.ts'
import { type ConsoleSetting, consoleFiles } from './adapters/files/console-files.ts'
import { processHost } from './adapters/host.ts'
import { openidProvider } from './adapters/oidc/openid-provider.ts'
import { createPost } from './adapters/outgoing/post.ts'
import { serveSockets } from './adapters/socket-io/serve-sockets.ts'
import { COORDINATOR_STARTED, COORDINATOR_STOPPED } from './audit/actions.ts'
import { type Coordinator, createCoordinator } from './coordinator.ts'
import type { CoordinatorNeeds, Observer } from './coordinator-needs.ts'
import { coordinatorIdOf, deriveKey } from './crypto/own-key.ts'
import type { CorsPolicy } from './http/cors.ts'
import { createHttp, type HttpNeeds } from './http/http.ts'
import { lineSession } from './http/line-session.ts'
import { createAdmitWatcher } from './live/admit-watchers.ts'
import { createMetrics } from './metrics.ts'
import { createLineLog } from './observability/line-log.ts'
import { createRoundLog } from './observability/round-log.ts'
import { openTracing, type TracesOptions } from './observability/tracing.ts'
import type { Round } from './round/round.ts'
import { type OidcOptions, type RequestLimits, USUAL_LIMITS } from './settings/sign-in-settings.ts'
import type { StorageOptions } from './settings/storage-settings.ts'
import { termsOf } from './sign-in/role-of.ts'
import { openStorage } from './storage.ts'
import { isPublicAddress } from './webhooks/public-address.ts'

/** What a coordinator keeps things in. */
export type Parts = Pick<CoordinatorNeeds, 'store' | 'models' | 'updates'>

/** Unless said otherwise: SQLite, files and the coordinator's own key, all in `folder`. */
export type ServeOptions = Partial<Omit<StorageOptions, 'folder'>> & {
  /** Where everything is kept that is not said to be elsewhere; made when it is not there, and locked while this runs. */
  folder: string
  host: string
  /** 0 takes any free port. */
  port: number
  cors: CorsPolicy
  trustProxy: false | readonly string[]
  metrics: 'public' | 'viewer'
  /** Whether webhooks may be at addresses of this machine and its networks; they may not unless said so. */
  webhooksPrivate?: 'refuse' | 'allow'
  /** Off where left out. */
  traces?: TracesOptions
  logger: HttpNeeds['logger']
  /** Where browsers reach it, without a slash at its end; unless said, as they ask for it. */
  publicUrl?: string | undefined
  limits?: RequestLimits
  /** An identity provider by which people may sign in beside tokens. */
  oidc?: OidcOptions | undefined
  /** Whether the web console is served: its files are those built into this package, unless a folder is named. */
  console?: ConsoleSetting
  /** Hears of every save of a round. */
  watch?: (round: Round) => void
  /** Is given the first admin token before it is saved, on the first start alone: it is to have been shown on return. */
  showFirstAdmin?: (secret: string) => void
  /** Stands something between the coordinator and what it keeps things in: for tests that kill it there. */
  decorate?: (parts: Parts) => Parts
}

export type RunningCoordinator = {
  /** Where it listens: `http://127.0.0.1:4570`. */
  url: string
  coordinator: Coordinator
  /** The first admin token, on the first start on these tables alone: kept nowhere. */
  firstAdminToken: string | undefined
  /** Stops taking requests, ends what is at work at a point from which it resumes, and lets go of the folder. */
  close(): Promise<void>
}

/**
 * A coordinator on what its options name, with HTTP and sockets on one port.
 * Throws where the folder is in use by another coordinator or cannot be used; nothing is left behind then.
 */
export const serve = async (options: ServeOptions): Promise<RunningCoordinator> => {
  const closing: (() => Promise<unknown> | unknown)[] = []
  const close = async () => {
    for (let end = closing.pop(); end; end = closing.pop()) await end()
  }
  try {
    return await open(options, closing, close)
  } catch (error) {
    await close()
    throw error
  }
}

const open = async (
  { folder, logger, cors, oidc, ...options }: ServeOptions,
  closing: (() => Promise<unknown> | unknown)[],
  close: () => Promise<void>,
): Promise<RunningCoordinator> => {
  const metrics = createMetrics(
    {
      clientsOnline: () => coordinator.presence.online(),
      clientsWaiting: () => coordinator.presence.roll().length,
      standing: () => coordinator.standing(),
      atWork: () => coordinator.atWork(),
    },
    { folder },
  )
  const fault: Observer['fault'] = (error, about) => {
    logger.error({ err: error, ...about }, 'survived a fault')
    metrics.fault(about.during ?? 'unknown')
  }
  const storage = await openStorage(
    {
      folder,
      database: options.database ?? { kind: 'sqlite' },
      blobs: options.blobs ?? { kind: 'files' },
      keyFile: options.keyFile ?? join(folder, 'coordinator.key'),
    },
    { fault: (error) => fault(error, { during: 'signals' }) },
  )
  closing.push(() => storage.close())
  const { store, models, updates, ownKey, shared } = storage
  const eventLoop = watchEventLoop()
  closing.push(() => eventLoop.stop())

  const id = coordinatorIdOf(ownKey)
  const tracing = await openTracing(options.traces ?? { kind: 'off' }, {
    coordinator: id,
    instance: shared?.replica ?? id,
    clock: systemClock(),
    registry: metrics.registry,
  })
  closing.push(tracing.close)

  const logRound = createRoundLog(logger)
  const logLines = createLineLog(logger)
  const observer: Observer = {
    fault,
    refusedMessage: metrics.refusedMessage,
    refusedUpdate: metrics.refusedUpdate,
    refusedRound: metrics.refusedRound,
    driving: (task, change) =>
      logger.info({ task }, change === 'taken' ? 'drives the task' : 'drives the task no longer'),
    roundSaved(round, change) {
      metrics.roundSaved(round, change)
      tracing.roundSaved(round, change)
      logRound(round, change)
      options.watch?.(round)
    },
  }
  /** Where this cannot be written, on a full disk say, the coordinator is not kept from its work. */
  const tell = (action: string) =>
    store
      .commit([
        {
          kind: 'append-audit',
          entry: { at: systemClock().now(), actor: 'coordinator', action, subject: id, detail: {} },
        },
      ])
      .catch((error: unknown) => observer.fault(error, { during: 'audit' }))
  const privateAddresses = options.webhooksPrivate === 'allow'
  let started = false
  closing.push(() => started && tell(COORDINATOR_STOPPED))
  const coordinator: Coordinator = await createCoordinator({
    id,
    clock: systemClock(),
    random: systemRandom(),
    ...metrics.parts(options.decorate?.({ store, models, updates }) ?? { store, models, updates }),
    ownKey,
    signInTerms: oidc && termsOf(oidc),
    observer,
    host: processHost({
      startedAt: systemClock().now(),
      eventLoop,
      watchers: () => sockets.lines().admins,
      storage: storage.use,
    }),
    shared,
    webhooks: {
      post: createPost({
        clock: steadyClock(),
        allows: (address) => privateAddresses || isPublicAddress(address),
      }),
      privateAddresses,
      attempted: metrics.webhookAttempt,
    },
    measure: metrics.measure,
  })
  closing.push(() => coordinator.stop())

  const http = createHttp({
    services: coordinator.services,
    clock: systemClock(),
    logger,
    metrics: { registry: metrics.registry, access: options.metrics },
    spans: tracing.spans,
    async ready() {
      const database = await answers(() => store.tokens.list())
      return { ok: database.ok, checks: { database } }
    },
    cors,
    trustProxy: options.trustProxy,
    publicUrl: options.publicUrl,
    console: consoleFiles(options.console ?? 'on'),
    limits: options.limits ?? USUAL_LIMITS,
    oidc: oidc && {
      options: oidc,
      provider: openidProvider({
        options: oidc,
        failed: (why) => logger.warn(why, 'somebody could not sign in by the identity provider'),
      }),
      attemptKey: deriveKey(ownKey, 'attempts to sign in'),
    },
  })
  const sockets = serveSockets(http.server, {
    origins: cors.kind === 'any' ? '*' : cors.kind === 'origins' ? cors.origins : [],
    ownOrigin: options.publicUrl && new URL(options.publicUrl).origin,
    participants: { ...coordinator.gateway, accept: metrics.lines(logLines(coordinator.gateway.accept)) },
    watchers: {
      clock: systemClock(),
      admit: createAdmitWatcher({
        access: coordinator.services.access,
        session: lineSession(http, {
          sessions: coordinator.services.sessions,
          publicUrl: options.publicUrl,
        }),
      }),
      watch: coordinator.live.watch,
      fault: (error) => fault(error, { during: 'watching' }),
    },
  })
  closing.push(() => http.close())
  closing.push(() => sockets.close())
  await coordinator.start()
  await tell(COORDINATOR_STARTED)
  started = true
  const url = await http.listen({ host: options.host, port: options.port })
  // Last, for it is shown once: a start that fails must not have used it up.
  const firstAdmin = await coordinator.services.access.firstAdmin(options.showFirstAdmin ?? (() => {}))
  return { url, coordinator, firstAdminToken: firstAdmin?.secret, close }
}

const answers = async (ask: () => Promise<unknown>) => {
  try {
    await ask()
    return { ok: true }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}
