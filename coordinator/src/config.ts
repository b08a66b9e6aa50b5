/** What an operator can set, from flags and the environment: parsed once, here, and typed from then on. */
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import type { Mistake } from './refusal.ts'

export const USAGE = `npm start -- [flags]        every flag can also be a variable: --log-level is TRIBUTARY_LOG_LEVEL

  --data DIR             where everything is kept; one coordinator at a time (./tributary-data)
  --host ADDRESS         where to listen; 0.0.0.0 for every network of this machine (127.0.0.1)
  --port N               0 takes any free one (4570)
  --cors-origins LIST    web origins whose pages may be clients, separated by commas; * for any (none)
  --log-level LEVEL      fatal, error, warn, info, debug, trace or silent (info)
  --public-url URL       where clients reach this coordinator, if not at host and port
  --trust-proxy LIST     proxies whose X-Forwarded headers are believed, separated by commas (none)
  --metrics WHO          who may read /metrics: public, or tokens from viewer up (public)
`

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

/** One setting: its flag is `--<name>`, its variable `TRIBUTARY_<NAME>`. The flag wins. */
const Settings = z.object({
  /** Folder where everything is kept. */
  data: z.string().default('./tributary-data'),
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
})
type Setting = keyof typeof Settings.shape

export type Config = {
  folder: string
  host: string
  /** 0 takes any free port. */
  port: number
  cors: { kind: 'off' } | { kind: 'any' } | { kind: 'origins'; origins: readonly string[] }
  logLevel: (typeof LOG_LEVELS)[number]
  /** Without a slash at its end. */
  publicUrl: string | undefined
  trustProxy: false | readonly string[]
  metrics: 'public' | 'viewer'
}

/** Every mistake in the settings, each with the name of its flag or variable. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly mistakes: readonly Mistake[]
  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ path, message }) => `${path} ${message}`).join('\n'))
    this.mistakes = mistakes
  }
}

/**
 * The configuration of `tributary serve`. Variables that are empty count as not set.
 * @throws ConfigError that lists every mistake.
 */
export const loadConfig = (
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Config => {
  const flags = readFlags(args)
  const given = new Map<Setting, { from: string; text: string }>()
  for (const setting of SETTINGS) {
    const text = flags.values.get(setting)
    const variable = variableOf(setting)
    if (text !== undefined) given.set(setting, { from: `--${setting}`, text })
    else if (env[variable]) given.set(setting, { from: variable, text: env[variable] })
  }
  const parsed = Settings.safeParse(
    Object.fromEntries([...given].map(([setting, { text }]) => [setting, text])),
  )
  const mistakes = [
    ...flags.mistakes,
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({
      path: SETTINGS.flatMap((setting) =>
        setting === path[0] ? [given.get(setting)?.from ?? setting] : [],
      ).join(),
      message,
    })),
  ]
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes)
  const settings = parsed.data
  return {
    folder: settings.data,
    host: settings.host,
    port: settings.port,
    cors: settings['cors-origins'],
    logLevel: settings['log-level'],
    publicUrl: settings['public-url'],
    trustProxy: settings['trust-proxy'],
    metrics: settings.metrics,
  }
}

const SETTINGS = Settings.keyof().options

const variableOf = (setting: Setting): string => `TRIBUTARY_${setting.toUpperCase().replaceAll('-', '_')}`

const isSetting = (name: string): name is Setting => SETTINGS.some((setting) => setting === name)

/** The flags given, `--port 80` or `--port=80`, and every argument that is none. */
const readFlags = (args: readonly string[]) => {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(SETTINGS.map((setting) => [setting, { type: 'string' as const }])),
    strict: false,
    tokens: true,
  })
  const values = new Map<Setting, string>()
  const mistakes: Mistake[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push({ path: token.value, message: 'is not expected here' })
    if (token.kind !== 'option') continue
    if (!isSetting(token.name))
      mistakes.push({ path: token.rawName, message: `is not a flag: there are ${FLAGS}` })
    else if (token.value === undefined) mistakes.push({ path: token.rawName, message: 'needs a value' })
    else values.set(token.name, token.value)
  }
  return { values, mistakes }
}

const FLAGS = SETTINGS.map((setting) => `--${setting}`).join(', ')
