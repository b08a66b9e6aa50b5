import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'

/**
 * A logger that keeps secrets out: headers and fields that carry them are redacted by name, and whatever has the shape of
 * one of our tokens is cut from the finished line, wherever an error's text or an address may have put it.
 */
export const createLogger = (
  { level }: { level: NonNullable<LoggerOptions['level']> },
  destination?: DestinationStream,
): Logger => {
  const options: LoggerOptions = {
    level,
    redact: { paths: SECRET_PATHS, censor: REDACTED },
    hooks: { streamWrite: (line) => line.replace(TOKEN, `$1_${REDACTED}`) },
  }
  return destination ? pino(options, destination) : pino(options)
}

const REDACTED = '[redacted]'
const TOKEN = /\b(tr[oesc])_[0-9a-f]{24,32}_[A-Za-z0-9_-]+/g

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'csrf',
  'x-csrf-token',
  'token',
  'secret',
  'proof',
  'ownKey',
  'tributary-submission',
]
const SECRET_PATHS = SECRET_FIELDS.flatMap((field) => {
  const quoted = /^\w+$/.test(field) ? `.${field}` : `["${field}"]`
  return [quoted.replace(/^\./, ''), `*${quoted}`, `*.*${quoted}`]
})
