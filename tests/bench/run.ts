/**
 * Measures, prints and keeps in docs/benchmarks.md what this repository claims to be fast.
 *   npm run bench                 all of it
 *   npm run bench -- kernels      a part; what the page says of the others stays
 *   npm run bench -- secagg --all with the shapes that take long; --minutes=15 begins none after so many
 */
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { keepSections, type Section } from './bench-page.ts'
import { type BenchRow, formatBenchRows } from './bench-row.ts'

type Bench = {
  name: string
  about: string
  load: () => Promise<(asked: { all: boolean; minutes?: number }) => Promise<BenchRow[]>>
}

const BENCHES: readonly Bench[] = [
  {
    name: 'kernels',
    about: 'The vector kernels, against a bare copy, the plain twin and the libraries they stand in for.',
    load: async () => (await import('./kernels.ts')).benchKernels,
  },
  {
    name: 'training',
    about:
      'Steps of plain gradient descent by the compact backend, whole trainings on one thread divided by their steps, shuffling and copying included; the ratio is PyTorch’s time over ours. PyTorch trains in a process of its own, in turns with the others. Processor time of the training thread.',
    load: async () => (await import('./training.ts')).benchTraining,
  },
  {
    name: 'coordinator',
    about:
      'A coordinator on SQLite and files, and raw clients on threads beside it, over real sockets on loopback.',
    load: async () => (await import('./coordinator.ts')).benchCoordinator,
  },
  {
    name: 'worlds',
    about:
      'Seeded worlds (`npm run test:worlds`): the production coordinator and clients on a virtual clock, over faults, kills and power cuts, every law held against every save.',
    load: async () => (await import('./worlds.ts')).benchWorlds,
  },
  {
    name: 'simulate',
    about:
      'Simulations in virtual time, each in a process of its own: the production coordinator and the SDK’s own participants, every envelope sealed, signed and opened, every message through its schema, and nobody trains. Flower’s figures were measured on another machine, so ratios say how large. Then the training pool alone: client-epochs of 600 rows in batches of ten.',
    load: async () => (await import('./simulate.ts')).benchSimulate,
  },
  {
    name: 'load',
    about:
      'Crowds of real clients (`npm run test:load`): all of them take part in every round. Where there are several processes, clients go to each in turn with nothing between.',
    load: async () => (await import('./load.ts')).benchLoad,
  },
  {
    name: 'secagg',
    about:
      'Whole sessions of secure aggregation against a lying coordinator (audience fleet, 5 % corrupt) wherever there is a graph for it, the machines of both sides in one process; members drop out once they have dealt their shares, and every value of the sum is checked. Processor time is that of the whole process. The paper is Bonawitz et al. 2017, table 3, and Flower its SecAgg+ of version 1, run in one process: both were measured on other machines and against weaker adversaries or over other graphs, so ratios say how large, not how much better. What else the machine does while this runs makes processor time longer too.',
    load: async () => (await import('./secagg.ts')).benchSecagg,
  },
  {
    name: 'stores',
    about: 'The tables in SQLite and in PostgreSQL, in turns in one process.',
    load: async () => (await import('./stores.ts')).benchStores,
  },
]

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))

const machine = (): string => {
  const processors = cpus()
  return `${processors[0]?.model.trim()}, ${processors.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; ${process.platform} ${process.arch}; Node ${process.version}; load ${(loadavg()[0] ?? 0).toFixed(1)} before it began`
}

const chosenOf = (names: readonly string[]): readonly Bench[] => {
  const known = BENCHES.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Error(`there is no bench ${unknown.join(', ')}: choose of ${known.join(', ')}`)
  return names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name))
}

const sections: Section[] = []
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, minutes: { type: 'string' } },
})
const asked = {
  all: options.all,
  ...(options.minutes !== undefined && { minutes: Number(options.minutes) }),
}
if (Number.isNaN(asked.minutes)) throw new Error('--minutes is a number')
for (const { name, about, load } of chosenOf(positionals)) {
  const on = machine()
  const rows = await (await load())(asked)
  console.log(`${name}\n${formatBenchRows(rows)}\n`)
  sections.push({ name, about, machine: on, rows })
}
const page = await readFile(PAGE, 'utf8').catch(() => '')
await writeFile(
  PAGE,
  keepSections(
    page,
    sections,
    BENCHES.map(({ name }) => name),
  ),
)
console.log(`kept in ${relative('.', PAGE)}`)
