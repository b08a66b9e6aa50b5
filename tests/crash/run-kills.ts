/**
 * Kills real coordinators, and sees that nothing comes of it.
 * npm run test:kills -- --count 500            at every boundary of a round, then by chance, until 500 kills are counted
 * npm run test:kills -- --from 40 --seed 7     goes on with trial 40 of seed 7
 * npm run test:kills -- --replay '<plan>'      one trial, as a failing one printed it
 * --store sqlite                               where coordinators keep what they keep: sqlite or postgres
 * --postgres URL                               a server to use; else one is started, and ends with the run
 * --jobs 2                                     trials at a time
 */
import { parseArgs } from 'node:util'
import { runBatch } from './batch.ts'
import { Plan } from './plan.ts'
import { stages } from './stages.ts'
import { runTrial } from './trial.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '500' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    postgres: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    replay: { type: 'string' },
  },
})

const wholeNumber = (flag: 'count' | 'from' | 'jobs'): number => {
  const number = Number(values[flag])
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`--${flag} is a whole number from 1 up`)
  return number
}

const open = stages[values.store]
if (!open) throw new RangeError(`--store is one of ${Object.keys(stages).join(', ')}`)
await using stage = await open({ postgresUrl: values.postgres })
const { seed } = values

if (values.replay !== undefined) {
  console.log(await runTrial({ stage, seed, plan: Plan.parse(JSON.parse(values.replay)) }))
} else {
  const interrupted = new AbortController()
  process.once('SIGINT', () => interrupted.abort())
  const ofThese = `--seed ${seed} --store ${values.store}`
  const report = await runBatch({
    stage,
    seed,
    count: wholeNumber('count'),
    from: wholeNumber('from'),
    jobs: wholeNumber('jobs'),
    sweep: 'thorough',
    signal: interrupted.signal,
    say: (line) => console.log(line),
    replayBy: (plan) => `npm run test:kills -- ${ofThese} --replay '${JSON.stringify(plan)}'`,
  })
  for (const line of report.told) console.log(line)
  const left = wholeNumber('count') - report.kills
  if (interrupted.signal.aborted)
    console.log(
      `go on with: npm run test:kills -- ${ofThese} --from ${report.next} --count ${Math.max(1, left)}`,
    )
  if (report.violations.length > 0) process.exitCode = 1
}
