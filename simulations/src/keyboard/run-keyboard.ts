/** Coordinator, speakers and page, beside each other until somebody ends them. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createLogger, type Round, type RunningCoordinator, serve } from '@tributary/coordinator'
import { buildPage } from '@tributary/example-keyboard/build-page'
import { baselineOf } from '@tributary/example-keyboard/judge'
import type { Judged } from '@tributary/example-keyboard/story'
import taskFile from '@tributary/example-keyboard/task' with { type: 'json' }
import { type ModelVersion, TaskId } from '@tributary/protocols'
import type { TaskFileInput } from '@tributary/protocols/task'
import { DEFAULT_DATA_FOLDER, loadSpeakers } from '../datasets/index.ts'
import { ensureTask, invite, latestVersion, modelOf } from '../demo/ask-services.ts'
import { openResultsFolder } from '../report/index.ts'
import { type Crowd, startCrowd } from './crowd.ts'
import type { KeyboardFlags } from './flags.ts'
import type { KeyboardOutput } from './output.ts'
import { peopleOf } from './people.ts'
import { startSite } from './site.ts'

const keyboardTask = taskFile as TaskFileInput
const ACTOR = { id: 'keyboard', name: 'the keyboard example', role: 'admin' } as const
const TASK = TaskId.parse('keyboard')
/** People who may open the page while it runs. */
const SEATS = 1_000

export type RunningKeyboard = {
  /** Resolves when as many rounds have completed as were asked for; without a number, never. */
  rounds: Promise<void>
  close(): Promise<void>
}

export const runKeyboard = async (flags: KeyboardFlags, out: KeyboardOutput): Promise<RunningKeyboard> => {
  const startedMs = performance.now()
  await using ending = new AsyncDisposableStack()
  const roles = await loadSpeakers(flags.data ?? DEFAULT_DATA_FOLDER, { download: flags.download })
  const people = peopleOf(roles, flags.speakers)
  const baseline = await baselineOf(
    people.speakers.flatMap(({ lines }) => lines),
    people.heldOut,
  )
  const judged: Judged[] = []
  const files = await buildPage()
  let running: RunningCoordinator | undefined
  const site = await startSite({
    port: flags.port,
    files,
    story: () => ({
      leftOut: [...people.leftOut.map(mutable)],
      heldOut: [...people.heldOut],
      baseline,
      judged,
    }),
    coordinator: () => running?.url,
  })
  ending.defer(() => site.close())

  const folder = await openResultsFolder(flags.folder, 'tributary-keyboard-')
  if (!flags.folder) ending.defer(() => folder.remove('.'))
  const completed = Promise.withResolvers<void>()
  const versions = new Set<ModelVersion>()
  let judging = Promise.resolve()
  let crowd: Crowd | undefined
  const judge = async (version: ModelVersion) => {
    if (!running || !crowd) return
    const one = await crowd.judge(version, await modelOf(running, file, version))
    judged.push(one)
    out.judged(one, (performance.now() - startedMs) / 1_000, baseline)
    if (flags.rounds !== undefined && version > flags.rounds) completed.resolve()
  }
  const noteVersion = (version: ModelVersion) => {
    if (versions.has(version)) return
    versions.add(version)
    judging = judging.then(() => judge(version)).catch((error: Error) => out.say(error.message))
  }
  const file: TaskFileInput = {
    ...keyboardTask,
    cohort: { ...keyboardTask.cohort, target: Math.min(keyboardTask.cohort.target, flags.speakers) },
    ...(flags.rounds !== undefined && { stop: { kind: 'completed-rounds', rounds: flags.rounds } }),
  }
  running = await serve({
    folder: join(folder.path, 'coordinator'),
    host: '127.0.0.1',
    port: flags['coordinator-port'],
    cors: { kind: 'origins', origins: [site.origin] },
    trustProxy: false,
    metrics: 'public',
    logger: createLogger({ level: 'warn' }, process.stderr),
    watch: (round: Round) => {
      if (round.phase === 'completed') noteVersion(round.version.version)
    },
  })
  ending.defer(() => running?.close())

  const threads = Math.min(flags.speakers, flags.workers ?? Math.max(1, availableParallelism() - 1))
  await ensureTask(running, file, ACTOR)
  const invitation = await invite(running, { name: 'people at the page', uses: SEATS }, ACTOR)
  out.say(`${people.speakers.length} speakers take part, in ${threads} thread${threads === 1 ? '' : 's'}.`)
  crowd = await startCrowd({
    url: running.url,
    token: await invite(running, { name: 'speakers', uses: flags.speakers }, ACTOR),
    speakers: people.speakers,
    heldOut: people.heldOut,
    threads,
    problem: out.say,
  })
  ending.defer(() => crowd?.leave())
  noteVersion(await latestVersion(running, TASK))
  await judging
  out.opened({
    page: `${site.origin}/#${new URLSearchParams({ coordinator: running.url, invitation })}`,
    coordinator: running.url,
    adminToken: running.firstAdminToken,
  })
  const end = ending.move()
  return { rounds: completed.promise, close: () => end.disposeAsync() }
}

const mutable = ({ name, lines }: { name: string; lines: readonly string[] }) => ({ name, lines: [...lines] })
