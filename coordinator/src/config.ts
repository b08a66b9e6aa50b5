/** What an operator can set, from flags and the environment: parsed once, here, and typed from then on. */
import { isIP } from 'node:net'
import * as z from 'zod'
import { readTextFile } from './adapters/files/text-file.ts'
import type { TracesOptions } from './observability/tracing.ts'
import { type Grammar, readSettings, type Sources } from './settings/read-settings.ts'
import {
  type OidcOptions,
  type RequestLimits,
  SIGN_IN_USAGE,
  signInMistakes,
  signInOptions,
  signInSettings,
} from './settings/sign-in-settings.ts'
import {
  SECRET_SETTINGS,
  STORAGE_USAGE,
  type StorageOptions,
  storageOptions,
  storageSettings,
} from './settings/storage-settings.ts'

export { ConfigError } from './settings/read-settings.ts'

/** The flags of `serve`. */
export const SERVER_USAGE = `${STORAGE_USAGE}  --host ADDRESS         where to listen; 0.0.0.0 for every network of this machine (127.0.0.1)
  --port N               0 takes any free one (4570)
  --cors-origins LIST    web origins whose pages may be clients, separated by commas; * for any (none)
  --log-level LEVEL      fatal, error, warn, info, debug, trace or silent (info)
  --public-url URL       where clients reach this coordinator, if not at host and port
  --trust-proxy LIST     proxies whose X-Forwarded headers are believed, separated by commas (none)
  --metrics WHO          who may read /metrics: public, or tokens from viewer up (public)
  --webhooks-private P   allow or refuse webhooks at private addresses (refuse)
  --traces WHERE         off, or otlp: to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names (otlp if it names one)
  --traces-ratio R       of rounds that are traced, 0 to 1 (1)
${SIGN_IN_USAGE}`

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const httpUrl = (text: string): URL | undefined => {
  const url = URL.parse(text)
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined
}

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535; 0 takes any free one')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port, 0 to 65535; 0 takes any free one')

const cors = z.string().transform((text, context) => {
  const origins = listOf(text)
  if (origins.length === 0) return { kind: 'off' as const }
  if (origins.length === 1 && origins[0] === '*') return { kind: 'any' as const }
  for (const origin of origins)
    if (httpUrl(origin)?.origin !== origin)
      context.addIssue(
        `${JSON.stringify(origin)} is not an origin: give scheme, host and port alone, https://app.example`,
      )
  return { kind: 'origins' as const, origins }
})

const publicUrl = z.string().transform((text, context) => {
  const url = httpUrl(text)
  if (url && url.search === '' && url.hash === '' && url.username === '') return url.href.replace(/\/$/, '')
  context.addIssue('must be the address clients reach this coordinator by: https://fl.example')
  return z.NEVER
})

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal']

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return (
    rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  )
}

const trustProxy = z.string().transform((text, context) => {
  const networks = listOf(text)
  for (const network of networks)
    if (!NAMED_NETWORKS.includes(network) && !isNetwork(network))
      context.addIssue(
        `${JSON.stringify(network)} is not an address or network: 10.0.0.0/8, ::1, or ${NAMED_NETWORKS.join(', ')}`,
      )
  return networks.length === 0 ? (false as const) : networks
})

const ratio = z
  .string()
  .regex(/^(0?\.\d+|[01](\.0*)?)$/, 'must be a number from 0 to 1')
  .transform(Number)

const Settings = z
  .object({
    ...storageSettings,
    ...signInSettings,
    host: z.string().default('127.0.0.1'),
    port: port.default(4570),
    /** Web origins that may call, separated by commas; `*` for any. */
    'cors-origins': cors.default({ kind: 'off' }),
    'log-level': z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
    /** Where clients reach the coordinator, if not at host and port. */
    'public-url': publicUrl.optional(),
    /** Proxies whose X-Forwarded-… headers are believed, separated by commas. */
    'trust-proxy': trustProxy.default(false),
    /** Who may read /metrics: anyone who reaches it, or tokens of the role viewer and above. */
    metrics: z.enum(['public', 'viewer'], 'must be public or viewer').default('public'),
    traces: z.enum(['off', 'otlp'], 'must be off or otlp').optional(),
    'traces-ratio': ratio.default(1),
    /** Whether webhooks may be at addresses of this machine and its networks. */
    'webhooks-private': z.enum(['refuse', 'allow'], 'must be refuse or allow').default('refuse'),
  })
  .superRefine((settings, context) => {
    for (const { flag, message } of signInMistakes(settings))
      context.addIssue({ code: 'custom', path: [flag], message })
  })

export type Config = StorageOptions & {
  host: string
  /** 0 takes any free port. */
  port: number
  cors: { kind: 'off' } | { kind: 'any' } | { kind: 'origins'; origins: readonly string[] }
  logLevel: (typeof LOG_LEVELS)[number]
  /** Without a slash at its end. */
  publicUrl: string | undefined
  trustProxy: false | readonly string[]
  metrics: 'public' | 'viewer'
  webhooksPrivate: 'refuse' | 'allow'
  console: 'on' | 'off'
  limits: RequestLimits
  /** An identity provider by which people may sign in. */
  oidc: OidcOptions | undefined
  traces: TracesOptions
}

const NO_FLAGS = z.object({})

/**
 * The configuration of `tributary serve`.
 * @throws ConfigError that lists every mistake.
 */
export const loadConfig = (env: Sources['env'], args: readonly string[]): Config =>
  loadServer({ env, args }, []).config

/** What `serve` is told, for a command that has switches of its own. */
export const loadServer = <Switch extends string>(
  { env, args }: Pick<Sources, 'env' | 'args'>,
  switches: readonly Switch[],
): { config: Config; isOn(name: Switch): boolean } => {
  const { settings, isOn } = readSettings(
    {
      settings: Settings,
      flags: NO_FLAGS,
      fromFiles: [...SECRET_SETTINGS, 'oidc-client-secret'],
      switches,
      operands: [],
    },
    { env, args, readText: readTextFile },
  )
  const config: Config = {
    ...storageOptions(settings),
    host: settings.host,
    port: settings.port,
    cors: settings['cors-origins'],
    logLevel: settings['log-level'],
    publicUrl: settings['public-url'],
    trustProxy: settings['trust-proxy'],
    metrics: settings.metrics,
    webhooksPrivate: settings['webhooks-private'],
    ...signInOptions(settings),
    traces: tracesOf(settings, env),
  }
  return { config, isOn }
}

/** Where the standard variables name a collector, that is where traces are wanted. */
const tracesOf = (
  { traces, 'traces-ratio': ratio }: z.output<typeof Settings>,
  { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own }: Sources['env'],
): TracesOptions =>
  (traces ?? (own || all ? 'otlp' : 'off')) === 'otlp' ? { kind: 'otlp', ratio } : { kind: 'off' }

/**
 * What a command is told that works on what a coordinator keeps: where that is, and flags of its own.
 * @throws ConfigError that lists every mistake.
 */
export const loadStorage = <Flags extends z.ZodObject, Switch extends string, Operand extends string>(
  { env, args }: Pick<Sources, 'env' | 'args'>,
  own: Pick<Grammar<z.ZodObject, Flags, Switch, Operand>, 'flags' | 'switches' | 'operands'>,
) => {
  const { settings, ...told } = readSettings(
    { ...own, settings: StorageSettings, fromFiles: SECRET_SETTINGS },
    { env, args, readText: readTextFile },
  )
  return { ...told, storage: storageOptions(settings) }
}

const StorageSettings = z.object(storageSettings)
