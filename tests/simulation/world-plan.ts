/** What a world is like and what goes wrong in it, drawn from its seed before it begins. */
import { TaskFile } from '@tributary/protocols/task'
import * as z from 'zod'
import { bufferedPlan } from './buffered-plan.ts'
import type { Chance } from './chance.ts'
import { securePlan } from './secure-plan.ts'

export type WorldPlan = {
  clients: number
  /** Processes that are one coordinator: each on a machine of its own, over the same tables and blobs. */
  hosts: number
  file: TaskFile
  rounds: number
  /** Virtual milliseconds for which things go wrong. */
  troubleMs: number
  latencyMs: { least: number; most: number }
  /** The most that a save or a blob operation takes. */
  storageMs: number
  rates: Rates
  kills: number
  /** A process is killed at one of this many of its next dealings with the world outside it. */
  killWithin: number
  jumps: number
  /** Orderly stops of the process, as for a new release. */
  stops: number
  blobs: BlobsPlan
}

/** Where blobs lie: in memory, or through the adapters that a deployed coordinator has on a disk that forgets. */
export type BlobsPlan =
  | { kind: 'memory' }
  | {
      kind: 'disk'
      /** A segment that has reached this length gets no more records. */
      segmentBytes: number
      /** For updates as they come in. One that may be an eighth of it gets a file of its own. */
      memoryBytes: number
      /** How many of the ends of a process are power cuts. */
      powerCuts: number
    }

/** How often each thing goes wrong, per occasion. */
export type Rates = {
  messageLost: number
  messageRepeated: number
  messageSwapped: number
  messageDelayed: number
  lineCut: number
  uploadRequestLost: number
  uploadAnswerLost: number
  uploadBodyCut: number
  uploadTruncated: number
  uploadFlipped: number
  uploadRepeated: number
  downloadLost: number
  downloadCut: number
  commitFails: number
  readFails: number
  blobFails: number
  diskFails: number
  clientStalls: number
  clientDeclines: number
  clientFails: number
  clientBreaks: number
  clientLies: number
  clientCrashes: number
  clientRejoins: number
  clientClockJumps: number
  operatorAbandons: number
  signalLost: number
  signalRepeated: number
  signalDelayed: number
}

const MOST: Rates = {
  messageLost: 0.05,
  messageRepeated: 0.1,
  messageSwapped: 0.05,
  messageDelayed: 0.1,
  lineCut: 0.03,
  uploadRequestLost: 0.3,
  uploadAnswerLost: 0.4,
  uploadBodyCut: 0.3,
  uploadTruncated: 0.2,
  uploadFlipped: 0.2,
  uploadRepeated: 0.8,
  downloadLost: 0.3,
  downloadCut: 0.4,
  commitFails: 0.15,
  readFails: 0.03,
  blobFails: 0.15,
  diskFails: 0.05,
  clientStalls: 0.2,
  clientDeclines: 0.2,
  clientFails: 0.2,
  clientBreaks: 0.2,
  clientLies: 0.3,
  clientCrashes: 0.02,
  clientRejoins: 0.02,
  clientClockJumps: 0.02,
  operatorAbandons: 0.02,
  signalLost: 0.2,
  signalRepeated: 0.2,
  signalDelayed: 0.3,
}

/**
 * Whether updates are masked, or sealed and rounds buffered: in one world of seven, and in one of six of the others, where nobody asks for one kind.
 */
export const WorldPrivacy = z.enum(['drawn', 'sealed', 'secure', 'buffered'])
export type WorldPrivacy = z.infer<typeof WorldPrivacy>

export const planWorld = (chance: Chance, privacy: WorldPrivacy = 'drawn'): WorldPlan => {
  const plan = drawPlan(chance)
  const secure = privacy === 'drawn' ? chance.happens(1 / 7) : privacy === 'secure'
  if (secure) return securePlan(plan, chance)
  const buffered = privacy === 'drawn' ? chance.happens(1 / 6) : privacy === 'buffered'
  return buffered ? bufferedPlan(plan, chance) : plan
}

const drawPlan = (chance: Chance): WorldPlan => {
  // Small worlds are quicker, and most of what can go wrong takes few.
  const clients = Math.min(chance.whole(1, 12), chance.whole(1, 12))
  const target = chance.whole(1, clients)
  const quorum = chance.whole(1, target)
  const rounds = chance.whole(2, 4)
  const calm = chance.happens(1 / 20)
  // Processes that talk to each other every second are ten times the work.
  const hosts = chance.happens(0.9) ? 1 : chance.whole(2, 3)
  return {
    clients,
    hosts,
    rounds,
    file: TaskFile.parse({
      id: 'world',
      model: {
        format: 'custom',
        trainer: 'drawn',
        tensors: Array.from({ length: chance.whole(1, 3) }, (_, i) => ({
          name: `t${i}`,
          shape: chance.pick([[1], [chance.whole(1, 30)], [chance.whole(1, 5), chance.whole(1, 5)]]),
          dtype: 'F32',
          initializer: chance.pick(['zeros', 'glorot-uniform']),
        })),
        initial: { kind: 'seeded', seed: chance.whole(0, 1_000) },
      },
      plan: {
        epochs: 1,
        batchSize: 1,
        optimizer: { name: 'sgd', learningRate: 1 },
        loss: 'mean-squared-error',
      },
      cohort: {
        target,
        quorum,
        overSelection: chance.pick([1, 1.3, 2]),
        selectionSeconds: chance.whole(10, 60),
        trainingSeconds: chance.whole(20, 120),
      },
      schedule: chance.pick([
        { kind: 'continuous', pauseSeconds: 0 },
        { kind: 'continuous', pauseSeconds: chance.whole(1, 30) },
        { kind: 'cron', expression: '*/30 * * * * *' },
        { kind: 'manual' },
      ]),
      stop: { kind: 'completed-rounds', rounds },
    }),
    troubleMs: calm ? 0 : chance.between(30_000, 400_000),
    latencyMs: chance.pick([
      { least: 1, most: 1 },
      { least: 5, most: 400 },
      { least: 0, most: 3_000 },
    ]),
    storageMs: chance.pick([0, 20, 1_000, 3_000]),
    rates: calm ? CALM : drawRates(chance),
    kills: calm || chance.happens(0.25) ? 0 : chance.whole(1, 6),
    killWithin: chance.pick([10, 60, 300]),
    stops: calm || chance.happens(0.6) ? 0 : chance.whole(1, 3),
    jumps: calm || chance.happens(0.6) ? 0 : chance.whole(1, 10),
    // Segments of updates are one process's own: several keep theirs where all can reach them.
    blobs: hosts > 1 ? { kind: 'memory' } : planBlobs(chance),
  }
}

const planBlobs = (chance: Chance): BlobsPlan =>
  chance.happens(0.5)
    ? { kind: 'memory' }
    : {
        kind: 'disk',
        segmentBytes: chance.pick([500, 5_000, 1_000_000]),
        memoryBytes: chance.happens(0.3) ? 0 : 64 * 1_024 * 1_024,
        powerCuts: chance.pick([0, 0.5, 1]),
      }

const KINDS = Object.keys(MOST) as (keyof Rates)[]
const CALM: Rates = { ...MOST }
for (const kind of KINDS) CALM[kind] = 0

/** Each kind of trouble is left out of two worlds in three: what every world has hides what few have (swarm testing, Groce et al. 2012). */
const drawRates = (chance: Chance): Rates => {
  const rates = { ...CALM }
  for (const kind of KINDS) if (chance.happens(1 / 3)) rates[kind] = MOST[kind] * chance.between(0.1, 1)
  return rates
}
