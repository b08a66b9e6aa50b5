/** `npm run test:kills`: kills real coordinators, and sees that nothing comes of it. Its flags are in `kill-flags.ts`, or said by `--help`. */
import { runBatch } from './batch.ts'
import { type KillFlags, MODES, readKillFlags, USAGE } from './kill-flags.ts'
import { Plan } from './plan.ts'
import { stages } from './stages.ts'
import { runTrial } from './trial.ts'

const run = async ({ seed, store, postgres, privacy, sweep, replay, ...flags }: KillFlags) => {
  const open = stages[store]
  if (!open) throw new RangeError(`there is no stage ${store}`)
  const plan = replay === undefined ? undefined : Plan.parse(JSON.parse(replay))
  await using stage = await open({ postgresUrl: postgres })
  if (plan) {
    console.log(await runTrial({ stage, seed, plan }))
    return
  }
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  const ofThese = `--seed ${seed} --store ${store}`
  const report = await runBatch({
    stage,
    modes: MODES[privacy],
    seed,
    sweep,
    ...flags,
    signal: interrupted.signal,
    say: (line) => console.log(line),
    replayBy: (plan) => `npm run test:kills -- ${ofThese} --replay '${JSON.stringify(plan)}'`,
  })
  for (const line of report.told) console.log(line)
  const left = Math.max(1, flags.count - report.kills)
  if (interrupted.signal.aborted)
    console.log(
      `go on with: npm run test:kills -- ${ofThese} --privacy ${privacy} --sweep ${sweep} --from ${report.next} --count ${left}`,
    )
  if (report.violations.length > 0) process.exitCode = 1
}

const read = readKillFlags(process.argv.slice(2))
switch (read.kind) {
  case 'help':
    console.log(USAGE)
    break
  case 'wrong':
    console.error(`${read.why}\n\n${USAGE}`)
    process.exitCode = 2
    break
  case 'run':
    await run(read.flags)
    break
  default:
    read satisfies never
}
