/**
 * Puts a crowd of real clients on real coordinator processes, and says how they fare.
 * npm run test:load -- --clients 2000 --replicas 1     one process, SQLite and files
 * npm run test:load -- --clients 6000 --replicas 3     three, over PostgreSQL and a shared folder
 * --rounds 5                                           in which every client takes part
 * --elements 2500                                      parameters of the model
 * --minutes 20                                         after which it is given up
 * --postgres URL                                       a server to use; else one is started, and ends with the run
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { runLoad } from './load.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '2000' },
    replicas: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    elements: { type: 'string', default: '2500' },
    minutes: { type: 'string', default: '20' },
    postgres: { type: 'string' },
  },
})

const wholeNumber = (flag: 'clients' | 'replicas' | 'rounds' | 'elements' | 'minutes'): number => {
  const number = Number(values[flag])
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`--${flag} is a whole number from 1 up`)
  return number
}

const minutes = wholeNumber('minutes')
setTimeout(() => {
  console.error(`given up after ${minutes} minutes`)
  process.exit(1) // the coordinators and PostgreSQL end with this process
}, minutes * 60_000).unref()
const interrupted = new AbortController()
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')))
console.log(`load average before: ${(loadavg()[0] ?? 0).toFixed(1)}`)
const report = await runLoad({
  clients: wholeNumber('clients'),
  replicas: wholeNumber('replicas'),
  rounds: wholeNumber('rounds'),
  elements: wholeNumber('elements'),
  postgresUrl: values.postgres,
  say: (line) => console.log(line),
  signal: interrupted.signal,
})
const { receiptMs, processes } = report
console.log(
  `${report.roundsPerSecond.toFixed(2)} rounds and ${report.updatesPerSecond.toFixed(0)} acknowledged updates a second; a round took ${report.roundMs.toFixed(0)} ms`,
)
console.log(
  `receipts after ${receiptMs.p50.toFixed(0)} ms (p50), ${receiptMs.p95.toFixed(0)} (p95), ${receiptMs.p99.toFixed(0)} (p99); ${report.updates} updates, no errors`,
)
for (const { clients, rssMb, kbPerConnection, cpuSeconds } of processes)
  console.log(
    `  ${clients} clients: ${rssMb.empty.toFixed(0)} MB before, ${rssMb.idle.toFixed(0)} MB idle (${kbPerConnection.toFixed(0)} KB each), ${rssMb.peak.toFixed(0)} MB at most; ${cpuSeconds.toFixed(1)} s of processor time`,
  )
