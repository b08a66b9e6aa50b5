/**
 * Measures, prints and keeps in docs/benchmarks.md what this repository claims to be fast.
 *   npm run bench                 all of it
 *   npm run bench -- kernels      a part; what the page says of the others stays
 *   npm run bench -- secagg --all with the shapes that take long; --minutes=15 begins none after so many; so with papers
 *   npm run bench -- robust --resume   with what was measured before it was broken off
 */
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type BenchTable, keepSections, type Section } from './bench-page.ts'
import { type BenchRow, formatBenchRows } from './bench-row.ts'

type Asked = { all: boolean; resume: boolean; minutes?: number }

type Bench = {
  name: string
  about: string
  load: () => Promise<(asked: Asked) => Promise<BenchRow[] | BenchTable>>
}

const BENCHES: readonly Bench[] = [
  {
    name: 'sizes',
    about:
      'What an app’s bundler ships of the SDK, in kB of 1000 bytes, by esbuild, minified and gzipped script by script; tfjs and React, which are the app’s own, are not counted. What stands below `.` is what it adds beside it. Nothing of it depends on the machine.',
    load: async () => (await import('./sizes.ts')).benchSizes,
  },
  {
    name: 'kernels',
    about: 'The vector kernels, against a bare copy, the plain twin and the libraries they stand in for.',
    load: async () => (await import('./kernels.ts')).benchKernels,
  },
  {
    name: 'training',
    about:
      'Steps of plain gradient descent by the compact backend, whole trainings on one thread divided by their steps, shuffling and copying included; the ratio is PyTorch’s time over ours. PyTorch trains in a process of its own, in turns with the others. Processor time of the training thread.',
    load: async () => async () => (await import('./training.ts')).benchTraining(),
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
    name: 'papers',
    about:
      'Committed scenarios (`npm run simulate -- NAME`) beside what was published of the same experiment: the median over seeds, and each seed. Rounds are counted to the first that meets the target, without smoothing. A paper’s own figures are two tables apart by a quarter or more, and were had with a learning rate tuned for each: less than that is no difference.',
    load: async () => (await import('./papers.ts')).benchPapers,
  },
  {
    name: 'compression',
    about:
      'Whole simulated tasks, the production coordinator and clients: digits of 60 drawn hands, a network of 50,890 weights, 10 clients a round, the mean of two seeds. Bytes are those of all that clients send over HTTP; accuracy is on the held-out hands, beside that of the same task without compression. Nothing of it depends on the machine.',
    load: async () => (await import('./compression.ts')).benchCompression,
  },
  {
    name: 'console-frames',
    about:
      'The console in Chromium against a coordinator with 10,000 enrolled clients, while rounds of several tasks go on without a pause. Processor time of the page’s main thread in each sixtieth of a second, idle ones included, from Chromium’s own trace; 16 ms is what a frame may take.',
    load: async () => (await import('../browser/console-frames.ts')).benchConsoleFrames,
  },
  {
    name: 'stores',
    about: 'The tables in SQLite and in PostgreSQL, in turns in one process.',
    load: async () => (await import('./stores.ts')).benchStores,
  },
  {
    name: 'robust',
    about:
      'Robust rules against attackers that know their part: accuracy in % on the held-out rows of MNIST after 12 rounds of 20 clients, who all take part in every round (300 rows each, labels by a Dirichlet draw of α = 5; 784-32-10, one epoch, batches of 10, rate 0.1). In each cell 2 attackers of 20 come first, then 4 of 20; rules that are told how many there may be are told the truth, and 2 where there is none. Little is enough sees its colluders’ honest updates, inner product and min-max see those of all who are honest. In brackets: rows with the trigger that the model takes for the target, in %; several that each replace the model overshoot together. Geometric median with 10 iterations, centered clipping with 3 and radius 1. One seed. Attacks: docs/guides/populations.md.',
    load: async () => (await import('./robust.ts')).benchRobust,
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
  options: {
    all: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    minutes: { type: 'string' },
  },
})
const asked: Asked = {
  all: options.all,
  resume: options.resume,
  ...(options.minutes !== undefined && { minutes: Number(options.minutes) }),
}
if (Number.isNaN(asked.minutes)) throw new Error('--minutes is a number')
for (const { name, about, load } of chosenOf(positionals)) {
  const on = machine()
  const measured = await (await load())(asked)
  if (!Array.isArray(measured)) {
    sections.push({ name, about, machine: on, table: measured })
    continue
  }
  console.log(`${name}\n${formatBenchRows(measured)}\n`)
  sections.push({ name, about, machine: on, rows: measured })
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
