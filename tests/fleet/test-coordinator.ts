import {
  createLogger,
  type Round,
  type RunningCoordinator,
  type ServeOptions,
  serve,
} from '@tributary/coordinator'
import { temporaryFolder } from './folder-bytes.ts'
import { type Operator, operatorOf } from './operator.ts'
import { until } from './until.ts'

export type TestCoordinator = AsyncDisposable & {
  url: string
  folder: string
  operator: Operator
  /** The operator's token; empty where an earlier start has given it. */
  adminToken: string
  services: RunningCoordinator['coordinator']['services']
  /** The round's latest saved state once it has come to this phase; a round that ends otherwise throws. */
  round<Phase extends Round['phase']>(id: string, phase: Phase): Promise<Extract<Round, { phase: Phase }>>
  /** The round once it has ended and owes nothing more. */
  settled(id: string): Promise<Extract<Round, { phase: 'completed' | 'abandoned' }>>
  /** Every state that was saved, in order. */
  saved: readonly Round[]
  /** The value of a counter at /metrics; 0 where it has not been counted. */
  metric(name: string, labels: Record<string, string>): Promise<number>
}

/** `folder`: one that is there already, and stays; its first start alone gives its operator a token. */
type Wishes = Partial<
  Pick<
    ServeOptions,
    'cors' | 'port' | 'folder' | 'publicUrl' | 'oidc' | 'limits' | 'console' | 'logger' | 'webhooksPrivate'
  >
>

/** A coordinator in this process, over real sockets, on SQLite and files in a folder of its own. */
export const startCoordinator = async (wishes: Wishes = {}): Promise<TestCoordinator> => {
  const folder =
    wishes.folder === undefined
      ? await temporaryFolder()
      : { path: wishes.folder, [Symbol.asyncDispose]: async () => {} }
  const saved: Round[] = []
  const running = await serve({
    folder: folder.path,
    host: '127.0.0.1',
    port: 0,
    cors: { kind: 'off' },
    trustProxy: false,
    metrics: 'public',
    logger: createLogger({ level: 'silent' }),
    watch: (round) => void saved.push(round),
    ...wishes,
  })
  const { url, firstAdminToken = '' } = running
  const latest = (id: string) => saved.findLast((round) => round.id === id)
  return {
    url,
    folder: folder.path,
    operator: operatorOf(url, firstAdminToken),
    adminToken: firstAdminToken,
    services: running.coordinator.services,
    saved,
    round: <Phase extends Round['phase']>(id: string, phase: Phase) =>
      until(`round ${id} to be ${phase}`, () => {
        const round = latest(id)
        if (round && isIn(round, phase)) return round
        if (round && 'endedAt' in round)
          throw new Error(`round ${id} is ${phaseInWords(round)}, not ${phase}`)
        return undefined
      }),
    settled: (id) =>
      until(`round ${id} to be settled`, () => {
        const round = latest(id)
        return round && 'debts' in round && round.debts === 'settled' ? round : undefined
      }),
    async metric(name, labels) {
      const text = await (await fetch(`${url}/metrics`)).text()
      return metricIn(text, name, labels)
    },
    async [Symbol.asyncDispose]() {
      await running.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** The value of one series in the text format of Prometheus. */
export const metricIn = (text: string, name: string, labels: Record<string, string>): number => {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const line = text
    .split('\n')
    .find((line) => line.startsWith(name) && wanted.every((label) => line.includes(label)))
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1))
}

const isIn = <Phase extends Round['phase']>(
  round: Round,
  phase: Phase,
): round is Extract<Round, { phase: Phase }> => round.phase === phase

const phaseInWords = (round: Round) =>
  round.phase === 'abandoned' ? `abandoned (${round.reason}: ${round.detail})` : round.phase
