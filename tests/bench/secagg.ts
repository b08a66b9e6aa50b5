/** Whole sessions of secure aggregation: the machines of both sides, real keys, masks and messages, in one process. */
import { availableParallelism } from 'node:os'
import { createUnmasking, loadEnvelopePrimitives, nodeSha256 } from '@tributary/coordinator'
import { type ClientId, Digest, RoundId, TaskId } from '@tributary/protocols'
import { encodeNonce, encodePublicKey, identityFromSeed } from '@tributary/protocols/crypto'
import { loadKernels } from '@tributary/protocols/kernels'
import { systemRandom } from '@tributary/protocols/runtime'
import {
  beginClient,
  beginServer,
  type ClientEffect,
  ClientSecaggMessage,
  type ClientState,
  COMPILED_FLOORS,
  CoordinatorSecaggMessage,
  clientTransition,
  createMaskedSum,
  createRows,
  type Decision,
  type GraphConditions,
  graphParameters,
  Manifest,
  maskVector,
  messageFor,
  quantizeVector,
  recoverMasks,
  type ServerEvent,
  type ServerState,
  seedPartCommitment,
  serverTransition,
} from '@tributary/protocols/secagg'
import { digestOf } from '@tributary/protocols/tensors'
import { nodeSigner } from '@tributary/simulations'
import type { BenchRow } from './bench-row.ts'

type Shape = { clients: number; values: number; dropout: number }

/** What ends within three minutes on two cores; the third is the paper's. */
const USUAL: readonly Shape[] = [
  { clients: 100, values: 100_000, dropout: 0.1 },
  { clients: 500, values: 100_000, dropout: 0.1 },
  { clients: 1_000, values: 100_000, dropout: 0.1 },
  { clients: 100, values: 1_000_000, dropout: 0.1 },
]
const ALL: readonly Shape[] = [100_000, 1_000_000].flatMap((values) =>
  [100, 500, 1_000].flatMap((clients) => [0, 0.1, 0.3].map((dropout) => ({ clients, values, dropout }))),
)

/** Clients whose messages the coordinator handles in one measured stretch: reading the clock after each is no part of it. */
const CROWD = 25

/** Bonawitz et al. 2017, table 3; milliseconds. */
const PAPER = { clients: 1_000, values: 100_000, dropout: 0.1, clientMs: 1_699, serverMs: 180_900 }

const FLOWER = 'Flower’s SecAgg+, 100 clients, 100K values, 0 % dropped'
const NOT_HERE = 'measured elsewhere, for comparison'

/** Of Flower's client only the dealing of shares was measured: its own workflow and mod, without a network. */
const QUOTED: readonly BenchRow[] = [
  {
    name: 'Bonawitz et al. 2017, 1000 clients, 100K values, 10 % dropped: a client',
    value: PAPER.clientMs,
    unit: 'ms',
    note: `table 3, ${NOT_HERE}`,
  },
  {
    name: 'the same: the server',
    value: PAPER.serverMs / 1_000,
    unit: 's',
    note: `table 3, ${NOT_HERE}`,
  },
  {
    name: `${FLOWER}: a client deals shares to 10 neighbours`,
    value: 19,
    unit: 'ms',
    note: `1.2 s to all 99; ${NOT_HERE}`,
  },
  {
    name: `${FLOWER}: the server, 10 neighbours`,
    value: 1.7,
    unit: 's',
    note: `78 s with all 99; ${NOT_HERE}`,
  },
  { name: `${FLOWER}: bytes that a client sends`, value: 800, unit: 'kB', note: NOT_HERE },
]

/** @param asked.minutes No shape begins after so many; those left out are named in the last row. */
export const benchSecagg = async ({
  all = false,
  minutes = Number.POSITIVE_INFINITY,
} = {}): Promise<BenchRow[]> => {
  const rows = [...QUOTED]
  const left: string[] = []
  const until = performance.now() + 60_000 * minutes
  const shapes = all ? ALL : USUAL
  for (const shape of shapes) {
    if (performance.now() > until) {
      left.push(nameOf(shape))
      continue
    }
    process.stderr.write(`${nameOf(shape)}\n`)
    rows.push(...rowsOf(shape, await session(shape)))
  }
  if (left.length > 0)
    rows.push({
      name: 'shapes left out',
      value: left.length,
      unit: `of ${shapes.length}`,
      note: `for want of time: ${left.join('; ')}`,
    })
  return rows
}

const nameOf = (shape: Shape): string =>
  `${shape.clients} clients, ${shape.values / 1_000}K values, ${100 * shape.dropout} % dropped${termsOf(shape).graph.adversary === 'curious' ? ', a curious coordinator' : ''}`

/**
 * Against a lying coordinator where there is such a graph. Of 1,000 clients of whom 30 % may drop out none has at most
 * 255 holders of a secret, and a fleet refuses a weaker one: only a demonstration measures that.
 */
const termsOf = ({ clients, dropout }: Shape): Pick<Manifest, 'audience'> & { graph: GraphConditions } => {
  const conditions = { clients, corrupt: 0.05, dropout: Math.max(0.1, dropout) }
  const lying = { ...conditions, adversary: 'lying' } as const
  return graphParameters(lying)
    ? { audience: 'fleet', graph: lying }
    : { audience: 'demo', graph: { ...conditions, adversary: 'curious' } }
}

type Measured = {
  clientMs: { keys: number; mask: number; open: number }
  serverMs: number
  unmaskMs: number
  unmaskProcessorMs: number
  threads: number
  bytesUp: number
  vectorBytes: number
  degree: number
  threshold: number
}

const rowsOf = (shape: Shape, measured: Measured): BenchRow[] => {
  const { clients, values, dropout } = shape
  const {
    clientMs,
    serverMs,
    unmaskMs,
    unmaskProcessorMs,
    threads,
    bytesUp,
    vectorBytes,
    degree,
    threshold,
  } = measured
  const name = nameOf(shape)
  const client = clientMs.keys + clientMs.mask + clientMs.open
  const isPaper = clients === PAPER.clients && values === PAPER.values && dropout === PAPER.dropout
  return [
    {
      name: `${name}: a client`,
      value: client,
      unit: 'ms of processor',
      ...(isPaper && {
        ratio: {
          of: `the paper's ${PAPER.clientMs} ms`,
          value: client / PAPER.clientMs,
          aim: 'under 160 ms',
        },
      }),
      note: `median; ${clientMs.keys.toFixed(0)} for keys and shares, ${clientMs.mask.toFixed(0)} to mask, ${clientMs.open.toFixed(0)} to open; ${degree} neighbours, threshold ${threshold}`,
    },
    {
      name: `${name}: the coordinator`,
      value: serverMs / 1_000,
      unit: 's of processor but for the masks',
      note: 'every message checked, every vector unpacked and folded',
    },
    {
      name: `${name}: masks taken off`,
      value: unmaskProcessorMs / 1_000,
      unit: 's of processor',
      note: `${(unmaskMs / 1_000).toFixed(2)} s of wall time by ${threads} threads, started for it`,
    },
    {
      name: `${name}: the coordinator on 4 cores`,
      value: (serverMs + unmaskProcessorMs / 4) / 1_000,
      unit: 's, worked out',
      ...(isPaper && {
        ratio: {
          of: `the paper's ${PAPER.serverMs / 1_000} s, all processor time against it`,
          value: (serverMs + unmaskProcessorMs) / PAPER.serverMs,
          aim: 'under 2 s',
        },
      }),
      note: 'its own processor time, one after the other, and a quarter of that of the masks, which share nothing',
    },
    {
      name: `${name}: bytes that a client sends`,
      value: bytesUp / 1_000,
      unit: 'kB',
      ratio: { of: 'its packed vector', value: bytesUp / vectorBytes, aim: '≤ 1.05' },
      note: `${((bytesUp - vectorBytes) / 1_000).toFixed(2)} kB beside the vector, ${(100 * (bytesUp / vectorBytes - 1)).toFixed(2)} % of it`,
    },
  ]
}

const session = async ({ clients, values, dropout }: Shape): Promise<Measured> => {
  const terms = termsOf({ clients, values, dropout })
  const kernels = await loadKernels()
  const { primitives, verify } = await loadEnvelopePrimitives()
  const { x25519 } = primitives
  const seedPart = systemRandom().bytes(32)
  const signing = identityFromSeed(systemRandom().bytes(32), nodeSigner)
  const digest = Digest.parse(`sha256:${'5c'.repeat(32)}`)
  const manifest = Manifest.parse({
    protocol: 'flsa/1',
    task: TaskId.parse('bench'),
    round: RoundId.parse('bench.1'),
    model: digest,
    plan: digest,
    coordinator: encodePublicKey(signing.publicKey),
    audience: terms.audience,
    cohort: { least: Math.floor(clients * 0.6), most: clients },
    graph: {
      adversary: terms.graph.adversary,
      corrupt: terms.graph.corrupt,
      dropout: terms.graph.dropout,
      seedCommitment: encodeNonce(seedPartCommitment(seedPart)),
    },
    unmasking: 'direct',
    vector: {
      bits: 26,
      maxWeight: 1,
      segments: [{ name: 'delta', length: values, bound: 1, averagedBy: 'clients' }],
    },
    privacy: { mechanism: 'none' },
  })
  const serverMeans = { sign: signing.sign, verifySignature: verify, x25519, sha256: nodeSha256 }
  const rows = createRows()
  const sum = createMaskedSum({ layout: manifest.vector, clients, kernels })
  let state: ServerState
  let serverMs = 0
  const onServer = <T>(work: () => T): T => {
    const before = processorMs()
    const result = work()
    serverMs += processorMs() - before
    return result
  }
  const take = (decision: Decision) => {
    state = decision.state
    for (const row of decision.rows) rows.keep(row)
  }
  const tell = (event: ServerEvent) => take(serverTransition(now(), event, rows, serverMeans))
  const now = (): ServerState => state

  const parties = Array.from({ length: clients }, () => {
    const identity = identityFromSeed(systemRandom().bytes(32), nodeSigner)
    return {
      id: identity.clientId,
      means: { identity, x25519, verifySignature: verify },
      state: undefined as ClientState | undefined,
      ms: { keys: 0, mask: 0, open: 0 },
      bytesUp: 0,
    }
  }).sort((a, b) => (a.id < b.id ? -1 : 1))
  state = beginServer({ manifest, invited: parties.map(({ id }) => id), seedPart }).state
  /** What a client says to a question, and what it uploads. */
  const answerOf = (
    party: (typeof parties)[number],
    text: string,
    { place, phase }: { place: number; phase: ServerState['phase'] },
  ): { said: string[]; packed: Uint8Array | undefined } => {
    const value = ((place % 100) - 50) / 100
    const delta = new Float32Array(phase === 'masking' ? values : 0)
    for (let at = 0; at < delta.length; at++) delta[at] = value * slope(at)
    const before = processorMs()
    const message = CoordinatorSecaggMessage.parse(JSON.parse(text))
    let packed: Uint8Array | undefined
    const say = (effects: readonly ClientEffect[]): string[] =>
      effects.flatMap((effect): string[] => {
        if (effect.type === 'send') return [JSON.stringify(effect.message)]
        if (effect.type !== 'mask' || !party.state) return []
        const { words } = quantizeVector({
          layout: manifest.vector,
          clients,
          weight: 1,
          values: { delta },
          kernels,
          random: systemRandom(),
        })
        packed = maskVector({ words, items: effect.items, bits: manifest.vector.bits, kernels })
        const masked = { type: 'vector-masked', vector: digestOf(packed), bytes: packed.length } as const
        const next = clientTransition(party.state, masked, party.means)
        party.state = next.state
        return say(next.effects)
      })
    const first = party.state
      ? clientTransition(party.state, { type: 'message', message }, party.means)
      : message.type === 'secagg-manifest'
        ? beginClient(
            {
              message,
              expected: { ...manifest, floors: COMPILED_FLOORS[terms.audience] },
              entropy: systemRandom().bytes(32),
            },
            party.means,
          )
        : undefined
    if (!first) return { said: [], packed: undefined }
    party.state = first.state
    const said = say(first.effects)
    party.ms[phase === 'masking' ? 'mask' : phase === 'unmasking' ? 'open' : 'keys'] += processorMs() - before
    party.bytesUp += said.reduce((bytes, one) => bytes + one.length, 0) + (packed?.length ?? 0)
    if (packed) expected += value
    return { said, packed }
  }
  const falls = new Set<ClientId>(parties.slice(0, Math.floor(clients * dropout)).map(({ id }) => id))
  let expected = 0

  for (let step = 0; step < 4; step++) {
    const phase = now().phase
    for (let from = 0; from < parties.length; from += CROWD) {
      const crowd = parties.slice(from, from + CROWD)
      const asked = onServer(() =>
        crowd.map(({ id }) => {
          const message = messageFor(now(), rows, id)
          return message && JSON.stringify(message)
        }),
      )
      const answers = crowd.flatMap((party, at) => {
        const text = asked[at]
        if (!text || (phase !== 'advertising' && phase !== 'sharing' && falls.has(party.id))) return []
        return [{ place: from + at, party, ...answerOf(party, text, { place: from + at, phase }) }]
      })
      onServer(() => {
        for (const { place, party, said, packed } of answers) {
          if (packed) sum.fold(place, packed)
          for (const one of said)
            tell({ type: 'message', from: party.id, message: ClientSecaggMessage.parse(JSON.parse(one)) })
        }
      })
    }
    if (now().phase === phase) onServer(() => tell({ type: 'deadline' }))
  }
  const summing = now()
  if (summing.phase !== 'summing') {
    const { phase, dropped } = summing
    const reasons = Map.groupBy(dropped, ({ reason }) => reason)
    const why = Array.from(reasons, ([reason, { length }]) => `${length} ${reason}`).join(', ')
    throw new Error(
      `the session is ${phase}${'reason' in summing ? `, ${summing.reason}` : ''}; dropped: ${why}`,
    )
  }
  const recovery = onServer(() => recoverMasks(summing, rows, x25519))
  if (recovery.kind !== 'recovered') throw new Error('a dealing is wrong')
  const threads = availableParallelism()
  const unmasking = createUnmasking({ kernels, x25519, threads })
  const began = performance.now()
  const unmaskProcessor = processorMs()
  sum.unmaskBy(await unmasking.unmask({ ...recovery, length: values + 1 }))
  const unmaskMs = performance.now() - began
  const unmaskProcessorMs = processorMs() - unmaskProcessor
  const finished = onServer(() => sum.finish())
  if (finished.kind !== 'sum') throw new Error('the sum is out of range')
  const found = finished.segments.delta?.sum ?? new Float32Array()
  for (let at = 0; at < values; at++)
    if (!(Math.abs((found[at] ?? Number.NaN) - expected * slope(at)) < 0.01))
      throw new Error(`value ${at} of the sum is ${found[at]}, not ${expected * slope(at)}`)
  const record = rows.session()
  // Whoever came after enough others was not asked.
  const whole = new Set(summing.answered.map((member) => record?.clients[member]))
  const survivors = parties.filter(({ id }) => whole.has(id))
  const median = (of: (party: (typeof parties)[number]) => number) =>
    survivors.map(of).toSorted((a, b) => a - b)[Math.floor(survivors.length / 2)] ?? Number.NaN
  return {
    clientMs: {
      keys: median(({ ms }) => ms.keys),
      mask: median(({ ms }) => ms.mask),
      open: median(({ ms }) => ms.open),
    },
    serverMs,
    unmaskMs,
    unmaskProcessorMs,
    threads,
    bytesUp: median(({ bytesUp }) => bytesUp),
    vectorBytes: Math.ceil(((values + 1) * manifest.vector.bits) / 8),
    degree: record?.degree ?? 0,
    threshold: record?.threshold ?? 0,
  }
}

/** No two neighbouring values are alike, so that a sum in the wrong place is seen. */
const slope = (at: number): number => ((at % 7) - 3) / 3

/** Of all threads of this process: what collecting garbage takes is part of it. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
