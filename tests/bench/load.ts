/** Crowds of real clients: what `npm run test:load` measures, as rows. */
import { type LoadReport, runLoad } from '../load/load.ts'
import type { BenchRow } from './bench-row.ts'

const ROUNDS = 3
const ELEMENTS = 2_500

export const benchLoad = async (): Promise<BenchRow[]> => [
  ...(await benchCrowd({ clients: 2_000, replicas: 1, where: 'one process, SQLite and files' })),
  ...(await benchCrowd({
    clients: 6_000,
    replicas: 3,
    where: 'three processes, PostgreSQL, a shared folder',
  })),
]

type Crowd = { clients: number; replicas: number; where: string }

const benchCrowd = async ({ clients, replicas, where }: Crowd): Promise<BenchRow[]> => {
  const say = (line: string) => console.log(line)
  const report = await runLoad({ clients, replicas, rounds: ROUNDS, elements: ELEMENTS, say })
  const { p50, p95, p99 } = report.receiptMs
  const named = (name: string) => `${name}: ${clients} clients, ${where}`
  const cpuSeconds = total(report, (one) => one.cpuSeconds)
  return [
    {
      name: named('acknowledged updates'),
      value: report.updatesPerSecond,
      unit: 'a second',
      note: `${report.roundsPerSecond.toFixed(2)} rounds a second, ${report.updates} updates of ${ELEMENTS} parameters, no errors; clients download each new model, and share the machine`,
    },
    {
      name: named('receipt, p95'),
      value: p95,
      unit: 'ms',
      note: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; everyone uploads at once`,
    },
    {
      name: named('processor time of the coordinator'),
      value: (1_000 * cpuSeconds) / report.updates,
      unit: 'ms an update',
      note: `${cpuSeconds.toFixed(0)} s in all`,
    },
    {
      name: named('memory for a connection'),
      value: (1_000 * total(report, ({ rssMb }) => rssMb.idle - rssMb.empty)) / clients,
      unit: 'KB',
      note: `connected and idle, garbage included; ${listed(report, ({ idle }) => idle)} MB a process idle, ${listed(report, ({ peak }) => peak)} MB at most`,
    },
  ]
}

type Process = LoadReport['processes'][number]

const total = ({ processes }: LoadReport, of: (one: Process) => number): number =>
  processes.reduce((sum, one) => sum + of(one), 0)

const listed = ({ processes }: LoadReport, of: (rssMb: Process['rssMb']) => number): string =>
  processes.map(({ rssMb }) => of(rssMb).toFixed(0)).join(', ')
