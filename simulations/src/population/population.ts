import { unreachable } from '@tributary/protocols'
import { mistakesOf } from '@tributary/protocols/rest'
import { type SeededRandom, seededRandom, shuffle } from '@tributary/protocols/runtime'
import { refuse, ScenarioError } from '../scenarios/scenario-error.ts'
import { type Attackers, drawAttackers } from './attackers.ts'
import type { AvailabilitySpec } from './availability/availability.ts'
import { dayAndNight } from './availability/day-and-night.ts'
import { onAndOff } from './availability/on-and-off.ts'
import { always, type Presence } from './availability/presence.ts'
import { TraceFile, traced } from './availability/trace.ts'
import { type Chance, chanceOf, type Topic } from './chance.ts'
import type { DeviceClass } from './device-classes.ts'
import { type Fate, fateFrom } from './fate.ts'
import { PopulationSpec, type PopulationSpecInput } from './population-spec.ts'
import { type Quantity, quantityAt } from './quantity.ts'

/**
 * Clients by number from 0. Everything is a pure function of spec, number of clients, seed and arguments: what happens to a client does
 * not depend on who asked what before.
 */
export type Population = Presence &
  Attackers & {
    readonly clients: number
    device(client: number): Device
    /** Time that work takes here which takes `referenceMs` on a machine of speed 1. */
    trainMs(client: number, referenceMs: number): number
    /** Latency and transmission. `transfer`: any whole number that is another for another transfer, for a latency of its own. */
    downloadMs(client: number, bytes: number, transfer?: number): number
    uploadMs(client: number, bytes: number, transfer?: number): number
    /** What befalls a client in a round, by the number of the round. */
    fateOf(client: number, round: number): Fate
  }

export type Device = { className: string; speed: number; memoryMB: number; downKbps: number; upKbps: number }

export type PopulationOptions = {
  /** What each file in `traceFilesOf(spec)` holds, parsed as JSON. */
  traces?: Readonly<Record<string, unknown>>
  /** Virtual time at which traces begin, in milliseconds since 1970. */
  startMs?: number
}

/** @throws ScenarioError, every mistake with its path and what would do. */
export const drawPopulation = (
  spec: PopulationSpecInput,
  clients: number,
  seed: string | number,
  { traces = {}, startMs = 0 }: PopulationOptions = {},
): Population => {
  if (!Number.isInteger(clients) || clients < 1 || clients > 1_000_000)
    refuse('', `a population has 1 to 1,000,000 clients, not ${clients}`)
  const parsed = PopulationSpec.safeParse(spec)
  if (!parsed.success) throw new ScenarioError(mistakesOf(parsed.error))
  const { classes, availability, attackers, ...fates } = parsed.data
  const random = seededRandom(seed).fork('population v1')
  const chance = chanceOf(seed)
  const classOf = drawClasses(classes, clients, random.fork('classes'))
  const ofClass = (client: number) => classes[classOf[client] ?? 0] as DeviceClass
  const drawn = (topic: Topic, quantityOf: (of: DeviceClass) => Quantity) =>
    Float32Array.from(classOf, (of, client) =>
      quantityAt(quantityOf(classes[of] as DeviceClass), chance(topic, client)),
    )
  const speed = drawn('speed', (of) => of.speed)
  const memoryMB = drawn('memory', (of) => of.memoryMB)
  const downKbps = drawn('down', (of) => of.downKbps)
  const upKbps = drawn('up', (of) => of.upKbps)
  const latencyMs = (client: number, transfer: number) =>
    quantityAt(ofClass(client).latencyMs, chance('latency', client, transfer))

  const presenceOf = (of: AvailabilitySpec, path: string) =>
    presence(of, { path, chance, traces, startMs, clients })
  const common = presenceOf(availability, 'availability')
  const presences = classes.map((of, i) =>
    of.availability ? presenceOf(of.availability, `classes[${i}].availability`) : common,
  )
  const presenceHere = (client: number) => presences[classOf[client] ?? 0] ?? common

  return {
    clients,
    ...drawAttackers(attackers, clients, random.fork('attackers')),
    device: (client) => ({
      className: ofClass(client).name,
      speed: speed[client] ?? 1,
      memoryMB: memoryMB[client] ?? 0,
      downKbps: downKbps[client] ?? 1,
      upKbps: upKbps[client] ?? 1,
    }),
    isAvailable: (client, virtualMs) => presenceHere(client).isAvailable(client, virtualMs),
    nextChange: (client, virtualMs) => presenceHere(client).nextChange(client, virtualMs),
    trainMs: (client, referenceMs) => referenceMs / (speed[client] ?? 1),
    downloadMs: (client, bytes, transfer = 0) =>
      latencyMs(client, 2 * transfer) + (8 * bytes) / (downKbps[client] ?? 1),
    uploadMs: (client, bytes, transfer = 0) =>
      latencyMs(client, 2 * transfer + 1) + (8 * bytes) / (upKbps[client] ?? 1),
    fateOf: (client, round) => fateFrom(fates, chance, { client, round }),
  }
}

/** As many clients of each class as its share says, to within one (largest remainders), in random order. */
const drawClasses = (classes: readonly DeviceClass[], clients: number, random: SeededRandom): Uint8Array => {
  const exact = classes.map(({ share }) => share * clients)
  const counts = exact.map((count) => Math.floor(count + 1e-9))
  const byRemainder = [...classes.keys()].sort(
    (a, b) => (exact[b] ?? 0) - (counts[b] ?? 0) - (exact[a] ?? 0) + (counts[a] ?? 0) || a - b,
  )
  const missing = clients - counts.reduce((sum, count) => sum + count, 0)
  for (const of of byRemainder.slice(0, missing)) counts[of] = (counts[of] ?? 0) + 1
  const inOrder = counts.flatMap((count, of) => Array.from({ length: count }, () => of))
  return Uint8Array.from(shuffle(random, inOrder))
}

const presence = (
  spec: AvailabilitySpec,
  {
    path,
    chance,
    traces,
    startMs,
    clients,
  }: Required<PopulationOptions> & { path: string; chance: Chance; clients: number },
): Presence => {
  switch (spec.kind) {
    case 'always':
      return always
    case 'day-and-night':
      return dayAndNight(spec, chance)
    case 'on-and-off':
      return onAndOff(spec, chance)
    case 'trace': {
      if (!Object.hasOwn(traces, spec.file))
        refuse(`${path}.file`, `nothing was read from '${spec.file}': put the file there`)
      const trace = TraceFile.safeParse(traces[spec.file])
      if (!trace.success) throw new ScenarioError(mistakesOf(trace.error, [spec.file]))
      const { devices } = trace.data
      if (spec.assign === 'in-order' && devices.length < clients)
        refuse(
          `${path}.assign`,
          `the trace has ${devices.length} devices for ${clients} clients: ask for 'drawn' or for fewer clients`,
        )
      return traced(spec, { trace: trace.data, chance, startMs })
    }
    default:
      return unreachable(spec)
  }
}
