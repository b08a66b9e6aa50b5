/** How fast seeded worlds of the simulation run: each with a coordinator, its clients, faults and every law held against it. */
import { availableParallelism } from 'node:os'
import { runCrew } from '../simulation/world-crew.ts'
import { createTotals } from '../simulation/world-totals.ts'
import type { BenchRow } from './bench-row.ts'

const COUNT = 200

export const benchWorlds = async (): Promise<BenchRow[]> => {
  const workers = availableParallelism()
  const totals = createTotals(1)
  const startedAt = performance.now()
  const before = process.cpuUsage()
  await runCrew({ from: 1, count: COUNT, workers, privacy: 'drawn', told: totals.add }).done
  const seconds = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(before)
  const processorSeconds = (user + system) / 1_000_000
  if (totals.violations() > 0) throw new Error(`laws were broken: ${totals.told(seconds)}`)
  return [
    {
      name: `worlds 1 to ${COUNT}`,
      value: totals.worlds() / seconds,
      unit: 'worlds a second',
      note: `${workers} threads, ${seconds.toFixed(0)} s in all; ${totals.restarts()} restarts, no violation`,
    },
    {
      name: 'worlds by processor time',
      value: totals.worlds() / processorSeconds,
      unit: 'worlds a second of one core',
      note: 'the threads’ own start is in it; says the same whatever else the machine does',
    },
    { name: 'events in them', value: totals.events() / seconds, unit: 'events a second' },
  ]
}
