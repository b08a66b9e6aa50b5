/**
 * npm run test:worlds -- --count 1000 [--from 1] [--workers 2]   runs worlds 1 to 1000, on all cores unless said otherwise;
 *                                                                Ctrl-C tells what there is so far and how to go on
 * npm run test:worlds -- --seed 7 [--trace]                      runs world 7, and tells what happens in it
 *   --privacy secure                                             with masked updates in every world; buffered: with buffered rounds; sealed: with neither;
 *                                                                drawn: in one of seven, and in one of six of the others
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runWorld } from './faulty-world.ts'
import { privacyFlag, replayCommand } from './replay.ts'
import { runCrew, type ToldWorld } from './world-crew.ts'
import { WorldPrivacy } from './world-plan.ts'
import { createTotals } from './world-totals.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    privacy: { type: 'string', default: 'drawn' },
    trace: { type: 'boolean', default: false },
  },
})

const whole = (name: string, text: string, least: number): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < least)
    throw new RangeError(`--${name} is a whole number, at least ${least}, not ${text}`)
  return number
}

const privacy = WorldPrivacy.parse(values.privacy)

const startedAt = performance.now()
const seconds = () => (performance.now() - startedAt) / 1_000

const tellViolation = ({ seed, violation }: Pick<ToldWorld, 'seed' | 'violation'>) => {
  console.log(`world ${seed}: ${violation}\n  ${replayCommand(seed, privacy)}`)
  process.exitCode = 1
}

const runOne = async (seed: number) => {
  const totals = createTotals(seed)
  const { violation, ...report } = await runWorld(seed, {
    privacy,
    ...(values.trace && { trace: console.log }),
  })
  const told = { ...report, violation: violation?.message }
  totals.add(told)
  if (violation) tellViolation(told)
  console.log(`${totals.told(seconds())}\ntrace ${report.digest}`)
}

const runMany = async (from: number, count: number, workers: number) => {
  const totals = createTotals(from)
  const crew = runCrew({
    from,
    count,
    workers,
    privacy,
    told(world) {
      totals.add(world)
      if (world.violation !== undefined) tellViolation(world)
    },
  })
  const progress = setInterval(() => console.log(totals.told(seconds())), 10_000)
  process.once('SIGINT', () => {
    process.exitCode = 130
    crew.stop()
  })
  await crew.done
  clearInterval(progress)
  console.log(totals.told(seconds()))
  const left = from + count - totals.doneBefore()
  if (left > 0)
    console.log(
      `go on with: npm run test:worlds -- --from ${totals.doneBefore()} --count ${left}${privacyFlag(privacy)}`,
    )
}

if (values.seed !== undefined) await runOne(whole('seed', values.seed, 0))
else
  await runMany(
    whole('from', values.from, 0),
    whole('count', values.count, 1),
    whole('workers', values.workers, 1),
  )
