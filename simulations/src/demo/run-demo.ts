import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createLogger, isRefusal, type RunningCoordinator, serve } from '@tributary/coordinator'
import { TaskId } from '@tributary/protocols'
import { loadDigits } from '../datasets/index.ts'
import { openResultsFolder, type ResultsFolder } from '../report/index.ts'
import { ensureTask, invite, latestVersion, modelOf, weightsOf } from './ask-services.ts'
import { digitTask } from './digit-task.ts'
import type { DemoFlags } from './flags.ts'
import { type Fleet, startFleet } from './fleet.ts'
import type { DemoOutput, RoundLine } from './output.ts'
import { createRoundWatch } from './round-watch.ts'

export type Demo = {
  /** Whether as many rounds completed as were asked for. */
  succeeded: boolean
  running: RunningCoordinator
  /** Stops the coordinator and removes what was temporary. */
  close(): Promise<void>
}

const TASK = TaskId.parse('digits')
const ACTOR = { id: 'demo', name: 'the demo', role: 'admin' } as const
/** Rounds that may be abandoned in a row before the demo gives up. */
const PATIENCE = 3

/** Loads the digits, starts coordinator and clients, runs the rounds, and leaves the model as a file. */
export const runDemo = async (flags: DemoFlags, out: DemoOutput, signal: AbortSignal): Promise<Demo> => {
  const startedMs = performance.now()
  const digits = await loadDigits(flags)
  out.say(digits.description)
  const folder = await openResultsFolder(flags.folder, 'tributary-demo-')
  const traffic = countTraffic(out)
  const watch = createRoundWatch((round, cohort) => {
    traffic.begin(round.number)
    out.show({ type: 'round-opened', round: round.number, cohort })
  })
  // What nobody asked to keep is cleared; the model file stays.
  const clear = async () => {
    if (!flags.folder && !flags.keep) await folder.remove('coordinator')
  }
  const running = await serve({
    folder: join(folder.path, 'coordinator'),
    host: '127.0.0.1',
    port: flags.port,
    cors: { kind: 'off' },
    trustProxy: false,
    metrics: 'public',
    logger: createLogger({ level: 'warn' }),
    watch: watch.saved,
  }).catch(async (cause: unknown) => {
    await clear()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The coordinator cannot start: ${why}`, { cause })
  })
  const close = async () => {
    await running.close()
    await clear()
  }
  let fleet: Fleet | undefined
  try {
    const { services } = running.coordinator
    await ensureTask(running, digitTask(flags), ACTOR)
    const threads = Math.min(flags.clients, flags.workers ?? Math.max(1, availableParallelism() - 1))
    out.say(
      `A coordinator listens on ${running.url}; ${flags.clients} clients connect to it, in ${threads} thread${threads === 1 ? '' : 's'} apart from it.`,
    )
    fleet = await startFleet({
      url: running.url,
      token: await invite(running, { name: 'demo clients', uses: flags.clients }, ACTOR),
      task: TASK,
      writers: digits.clients.map(({ images, labels }) => ({ images, labels })),
      heldOut: { images: digits.heldOut.images, labels: digits.heldOut.labels },
      threads,
      hear: traffic.hear,
    })
    let [completed, abandoned, inARow, accuracy] = [0, 0, 0, Number.NaN]
    while (completed < flags.rounds && inARow < PATIENCE && !signal.aborted) {
      const begun = await services.rounds.trigger(TASK, ACTOR)
      if (isRefusal(begun)) throw new Error(begun.detail)
      const round = await watch.ended(begun.id)
      const seconds = (round.endedAt - round.openedAt) / 1_000
      const line = { round: round.number, ...traffic.of(round.number), cohort: round.tally.invited, seconds }
      if (round.phase === 'abandoned') {
        abandoned++
        inARow++
        out.show({ type: 'round-abandoned', round: round.number, seconds, reason: round.detail })
        out.round({ ...line, outcome: 'abandoned', reason: round.reason } satisfies RoundLine)
        continue
      }
      completed++
      inARow = 0
      const metrics = await fleet.judge(
        round.version.version,
        await modelOf(running, digitTask(flags), round.version.version),
      )
      accuracy = metrics.accuracy ?? Number.NaN
      out.show({ type: 'round-completed', round: round.number, seconds, ...metrics })
      out.round({ ...line, outcome: 'completed', ...metrics } satisfies RoundLine)
    }
    const model = await saveModel(running, folder)
    out.finish({
      rounds: flags.rounds,
      completed,
      abandoned,
      clients: flags.clients,
      accuracy,
      modelDigest: model.digest,
      modelPath: model.path,
      seconds: (performance.now() - startedMs) / 1_000,
    })
    return { succeeded: completed === flags.rounds, running, close }
  } catch (error) {
    await close()
    throw error
  } finally {
    await fleet?.leave()
  }
}

const saveModel = async (running: RunningCoordinator, folder: ResultsFolder) => {
  const version = await latestVersion(running, TASK)
  const { digest, bytes } = await weightsOf(running, TASK, version)
  return { digest, path: await folder.save(`digits-v${version}.safetensors`, bytes) }
}

/** Bytes and updates by round, as the clients' own transfers count them. A download belongs to the round that runs. */
const countTraffic = (out: DemoOutput) => {
  const rounds = new Map<number, { updates: number; bytesUp: number; bytesDown: number }>()
  const of = (round: number) => {
    const known = rounds.get(round) ?? { updates: 0, bytesUp: 0, bytesDown: 0 }
    rounds.set(round, known)
    return known
  }
  let current: number | undefined
  return {
    begin(round: number) {
      current = round
    },
    of,
    hear(report: Parameters<Parameters<typeof startFleet>[0]['hear']>[0]) {
      if (report.type === 'problem') return out.say(`a client: ${report.message}`)
      if (report.type === 'backend') return out.say(`Clients: ${report.line}.`)
      if (current === undefined) return
      if (report.type === 'downloaded') {
        of(current).bytesDown += report.bytes
        out.show({ type: 'model-sent', round: current, bytes: report.bytes })
      }
      if (report.type === 'uploaded') {
        of(current).updates++
        of(current).bytesUp += report.bytes
        out.show({ type: 'update-received', round: current, bytes: report.bytes })
      }
    },
  }
}
