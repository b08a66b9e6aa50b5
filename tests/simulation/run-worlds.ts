/**
 * npm run test:worlds -- --count 1000 [--from 1]     runs worlds 1 to 1000
 * npm run test:worlds -- --seed 7 [--trace]          runs world 7, and tells what happens in it
 */
import { parseArgs } from 'node:util'
import { runWorld } from './faulty-world.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})

const from = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.count) : 1
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1)
  throw new RangeError('--seed, --from and --count are whole numbers, --count at least 1')

const startedAt = performance.now()
const total = { worlds: 0, events: 0, completed: 0, abandoned: 0, restarts: 0, violations: 0 }
const told = () => {
  const seconds = (performance.now() - startedAt) / 1_000
  return (
    `${total.worlds} worlds, ${total.events} events, ${total.completed} rounds completed, ${total.abandoned} abandoned, ` +
    `${total.restarts} restarts, ${total.violations} violations in ${seconds.toFixed(1)} s: ` +
    `${(total.worlds / seconds).toFixed(1)} worlds/s, ${Math.round(total.events / seconds)} events/s`
  )
}
for (let seed = from; seed < from + count; seed++) {
  const report = await runWorld(seed, values.trace ? { trace: (line) => console.log(line) } : {})
  total.worlds++
  total.events += report.events
  total.completed += report.rounds.completed
  total.abandoned += report.rounds.abandoned
  total.restarts += report.restarts
  if (report.violation) {
    total.violations++
    console.log(`world ${seed}: ${report.violation.message}`)
    console.log(`  npm run test:worlds -- --seed ${seed} --trace`)
  }
  if (total.worlds % 100 === 0) console.log(told())
}
console.log(told())
if (total.violations > 0) process.exitCode = 1
