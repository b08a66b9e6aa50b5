/** Where a running coordinator is, and by what token it is asked. */
import * as z from 'zod'
import type { Mistake } from '../refusal.ts'
import { ConfigError, type Grammar, readSettings, type Sources, type Told } from './read-settings.ts'
import { type Secret, secretOf } from './secret.ts'

export const REMOTE_USAGE = `  --url URL              where the coordinator listens (TRIBUTARY_URL, or http://127.0.0.1:4570)
  --token-file FILE      holds an operator token (TRIBUTARY_TOKEN_FILE); or the token itself in TRIBUTARY_TOKEN
  --insecure             send the token over plain http to another machine
`

export type RemoteOptions = {
  /** Without a slash at its end. */
  url: string
  token: Secret | undefined
}

const url = z.string().transform((text, context) => {
  const parsed = URL.parse(text)
  if (parsed && /^https?:$/.test(parsed.protocol) && bare(parsed)) return parsed
  context.addIssue('must be the address of a coordinator: https://fl.example')
  return z.NEVER
})

const bare = ({ search, hash, username, password }: URL): boolean =>
  search === '' && hash === '' && username === '' && password === ''

const remoteSettings = z.object({
  url: url.default(new URL('http://127.0.0.1:4570')),
  'token-file': z.string().min(1).optional(),
})

/**
 * What a command is told that asks a running coordinator.
 * @throws ConfigError that lists every mistake; what a token is like is never in it.
 */
export const readRemote = <Flags extends z.ZodObject, Switch extends string, Operand extends string>(
  own: Pick<Grammar<z.ZodObject, Flags, Switch, Operand>, 'flags' | 'switches' | 'operands' | 'letters'>,
  sources: Sources,
): Omit<Told<z.ZodObject, Flags, Switch | 'insecure', Operand>, 'settings'> & { remote: RemoteOptions } => {
  if (sources.args.some((word) => /^--token(?:=|$)/.test(word)))
    throw new ConfigError([
      {
        path: '--token',
        message: 'would show the token to whoever lists processes: set TRIBUTARY_TOKEN, or give --token-file',
      },
    ])
  const { settings, ...told } = readSettings(
    { ...own, settings: remoteSettings, fromFiles: [], switches: [...own.switches, 'insecure' as const] },
    sources,
  )
  const token = tokenOf(settings['token-file'], sources)
  const mistakes: Mistake[] = []
  if (typeof token === 'object' && 'message' in token) mistakes.push(token)
  if (token !== undefined && !isPrivate(settings.url) && !told.isOn('insecure'))
    mistakes.push({
      path: '--url',
      message:
        'is plain http to another machine, where the token can be read on the way: give an https address, or --insecure where you trust the network',
    })
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return {
    ...told,
    remote: {
      url: settings.url.href.replace(/\/+$/, ''),
      token: token === undefined || 'message' in token ? undefined : token,
    },
  }
}

const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' ||
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127\.\d+\.\d+\.\d+$/.test(hostname)

/** The flag wins; a variable that names a file beside one that is a token leaves open which is meant. */
const tokenOf = (
  file: string | undefined,
  { env, args, readText }: Sources,
): Secret | Mistake | undefined => {
  const byFlag = args.some((word) => /^--token-file(?:=|$)/.test(word))
  const from = byFlag ? '--token-file' : 'TRIBUTARY_TOKEN_FILE'
  const { TRIBUTARY_TOKEN: text } = env
  if (text && file !== undefined && !byFlag)
    return { path: from, message: 'is set beside TRIBUTARY_TOKEN: leave one of them out' }
  if (file === undefined) return text ? checked(text.trim(), 'TRIBUTARY_TOKEN') : undefined
  try {
    return checked(readText(file).trim(), from)
  } catch {
    return { path: from, message: `names a file that cannot be read: ${file}` }
  }
}

const checked = (text: string, path: string): Secret | Mistake =>
  /^[\x21-\x7e]{1,200}$/.test(text)
    ? secretOf(text)
    : { path, message: 'holds no operator token: one begins with tro_ and has no spaces' }
