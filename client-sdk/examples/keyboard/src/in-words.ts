/** What passed, in words for people. */
import * as z from 'zod/mini'
import type { Passed } from './traffic.ts'

export type InWords = { kind: string; detail: string }

export const inWords = (passed: Passed): InWords =>
  passed.by === 'socket' ? frameInWords(passed.said) : requestInWords(passed)

/** `312 kB`: thousands, as networks count. */
export const inBytes = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} B`
  return bytes < 1_000_000
    ? `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`
}

const Message = z.looseObject({
  type: z.string(),
  round: z.optional(z.string()),
  reason: z.optional(z.string()),
  fraction: z.optional(z.number()),
  loss: z.optional(z.number()),
  model: z.optional(z.looseObject({ version: z.int() })),
  outcome: z.optional(z.looseObject({ kind: z.string() })),
})
type Message = z.infer<typeof Message>

const frameInWords = (frame: string): InWords => {
  const json = /^42\/participate,(.*)$/s.exec(frame)?.[1]
  if (json === undefined) return { kind: 'line', detail: lineInWords(frame) }
  const event = z.tuple([z.literal('message'), Message]).safeParse(jsonOf(json))
  if (!event.success) return { kind: 'message', detail: 'a message of another kind' }
  const [, message] = event.data
  return { kind: message.type, detail: messageInWords(message) }
}

const lineInWords = (frame: string): string => {
  if (frame === '2' || frame === '3') return 'still there'
  return frame.startsWith('0') ? 'the line is open' : 'the line is for taking part'
}

const roundOf = ({ round }: Message): string => (round ? `round ${round.split('.').at(-1)}` : 'a round')

const messageInWords = (message: Message): string => {
  switch (message.type) {
    case 'challenge':
      return 'the coordinator says who it is, and asks for a proof'
    case 'authenticate':
      return 'this client’s number and a signature: the key’s public half stands for you, your name is not in it'
    case 'welcome':
      return 'known, and let in'
    case 'refused':
      return `turned away${message.reason ? `: ${message.reason}` : ''}`
    case 'check-in':
      return 'there and ready for the task “keyboard”'
    case 'standby':
      return 'wait for a round'
    case 'come-back':
      return 'nothing to do: ask again later'
    case 'invitation':
      return `asked to take part in ${roundOf(message)}`
    case 'accept':
      return `takes part in ${roundOf(message)}`
    case 'decline':
      return `does not take part in ${roundOf(message)}${message.reason === 'no-data' ? ': nothing typed yet' : ''}`
    case 'progress':
      return `${Math.round(100 * (message.fraction ?? 0))} % of the training is done${message.loss === undefined ? '' : `, mean loss ${message.loss.toFixed(2)}`}`
    case 'failed':
      return `no update comes in ${roundOf(message)}: ${message.reason ?? ''}`
    case 'round-ended':
      return `${roundOf(message)} is over: ${message.outcome?.kind ?? ''}`
    case 'model-published':
      return `there is version ${message.model?.version ?? '?'} of the model`
    case 'leave':
      return 'takes part no longer'
    default:
      return message.type
  }
}

const Submission = z.object({
  round: z.string(),
  envelopeBytes: z.number(),
  claims: z.object({ examples: z.number(), trainMs: z.number(), metrics: z.record(z.string(), z.number()) }),
})

const requestInWords = ({ way, said, status, submission, bytes }: Passed): InWords => {
  const [method = '', path = ''] = said.split(' ')
  const kind = kindOf(method, path)
  if (way === 'in')
    return {
      kind: `${kind} · answer`,
      detail: status === 'failed' ? 'no answer' : answerInWords(kind, status, bytes),
    }
  if (kind === 'update' && submission) return { kind, detail: updateInWords(submission) }
  switch (kind) {
    case 'enrol':
      return { kind, detail: 'a new public key, the invitation and a signature' }
    case 'withdraw':
      return { kind, detail: 'a signed statement that this client has withdrawn' }
    case 'model':
      return { kind, detail: 'asks for a file by its digest' }
    default:
      return { kind, detail: said }
  }
}

const kindOf = (method: string, path: string): string => {
  if (path.includes('/blobs/')) return 'model'
  if (path.includes('/updates/')) return 'update'
  if (path.includes('withdraw')) return 'withdraw'
  if (path.endsWith('/clients') && method === 'POST') return 'enrol'
  return 'request'
}

const answerInWords = (kind: string, status: Passed['status'], bytes: number): string => {
  if (typeof status === 'number' && status >= 400) return `refused (${status})`
  if (kind === 'model') return bytes > 10_000 ? 'the weights of a model' : 'what the model is'
  return kind === 'update' ? 'received, and kept until the round is over' : 'done'
}

const updateInWords = (header: string): string => {
  const read = Submission.safeParse(jsonOf(base64urlOf(header)))
  if (!read.success) return 'an update'
  const { round, envelopeBytes, claims } = read.data
  const metrics = Object.entries(claims.metrics).map(([name, value]) => `${name} ${value.toFixed(2)}`)
  return `the update of round ${round.split('.').at(-1)}: ${inBytes(envelopeBytes)} sealed to the round’s key, which the coordinator opens to average it with the others. In the clear: ${claims.examples} examples, ${Math.round(claims.trainMs)} ms of training${metrics.length > 0 ? `, ${metrics.join(', ')}` : ''}`
}

const base64urlOf = (text: string): string => {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return ''
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
