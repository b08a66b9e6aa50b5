/** Whether every promise was kept on the disk before it was given: read off what the process asked of the system. */
import { basename, dirname } from 'node:path'
import { carries, type SystemCall, stringsIn, targetOf } from './syscalls.ts'

/** The steps that lead to a promise, each over before the next begins; the last is the promise. */
export type Chain = readonly { step: string; call: SystemCall }[]

export type Verdict = { kind: 'kept'; chain: Chain } | { kind: 'broken'; problem: string }

/**
 * An acknowledged update: its envelope is written to a segment, the segment is synced, the row goes to the write-ahead
 * log, the log is synced, and only then a receipt with the envelope's digest leaves on a socket.
 */
export const updateKept = (calls: readonly SystemCall[], envelope: string): Verdict =>
  chainOf(calls, envelope, [
    { step: 'envelope → segment', is: (call) => isWrite(call) && isSegment(call) && names(call, envelope) },
    { step: 'sync of the segment', is: (call, [write]) => isSync(call) && sameFile(call, write) },
    ...inTheLog(envelope),
    { step: 'receipt → socket', is: (call) => isPromise(call, envelope) },
  ])

/**
 * A published version: its weights are written aside, synced, renamed to their digest, and the folder is synced; then
 * the row goes to the log, the log is synced, and only then the version is announced.
 */
export const modelKept = (calls: readonly SystemCall[], weights: string): Verdict => {
  const name = nameOf(weights)
  const rename = calls.find((call) => call.name === 'rename' && stringsIn(call)[1]?.endsWith(name))
  if (!rename) return { kind: 'broken', problem: `weights → name of ${weights}: not found` }
  const [draft = '', final = ''] = stringsIn(rename)
  const last = calls.findLast((call) => isWrite(call) && targetOf(call) === draft)
  return chainOf(calls, weights, [
    { step: 'weights → file', is: (call) => call === last },
    { step: 'sync of the file', is: (call) => isSync(call) && targetOf(call) === draft },
    { step: 'file → its digest', is: (call) => call === rename },
    { step: 'sync of the folder', is: (call) => isSync(call) && targetOf(call) === dirname(final) },
    ...inTheLog(weights),
    { step: 'announcement → socket', is: (call) => isPromise(call, weights) },
  ])
}

type Step = { step: string; is(call: SystemCall, before: readonly SystemCall[]): boolean }

const inTheLog = (digest: string): readonly Step[] => [
  { step: 'row → log', is: (call) => isWrite(call) && isLog(call) && names(call, digest) },
  { step: 'sync of the log', is: (call) => isSync(call) && isLog(call) },
]

/**
 * The steps in their order, each the first that begins when the one before is over. The promise is looked for from the
 * beginning: one that was given before its time is no promise kept.
 */
const chainOf = (calls: readonly SystemCall[], what: string, steps: readonly Step[]): Verdict => {
  const chain: { step: string; call: SystemCall }[] = []
  const promise = steps.at(-1)
  const given = calls.find((call) => promise?.is(call, []))
  if (!promise || !given) return { kind: 'broken', problem: `${promise?.step} of ${what}: not found` }
  for (const { step, is } of steps.slice(0, -1)) {
    const after = chain.at(-1)?.call.ended ?? -1
    const before = chain.map(({ call }) => call)
    const call = calls.find((call) => call.began > after && is(call, before))
    if (!call) return { kind: 'broken', problem: `${step} of ${what}: not found` }
    if (call.result === undefined || call.result < 0)
      return { kind: 'broken', problem: `${step} of ${what}: failed` }
    if (call.ended > given.began)
      return { kind: 'broken', problem: `${step} of ${what}: not over before ${promise.step}` }
    chain.push({ step, call })
  }
  return { kind: 'kept', chain: [...chain, { step: promise.step, call: given }] }
}

const WRITES = ['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg']

const isWrite = ({ name }: SystemCall) => WRITES.includes(name)
const isSync = ({ name }: SystemCall) => name === 'fsync' || name === 'fdatasync'
const isSegment = (call: SystemCall) => targetOf(call).endsWith('.segment')
const isLog = (call: SystemCall) => targetOf(call).endsWith('.sqlite-wal')
const isPromise = (call: SystemCall, digest: string) =>
  isWrite(call) && /^(socket|TCP)/.test(targetOf(call)) && names(call, digest)
const sameFile = (call: SystemCall, other: SystemCall | undefined) =>
  other !== undefined && targetOf(call) === targetOf(other)

/** Digests stand in records as bytes, in rows and messages as text. */
const names = (call: SystemCall, digest: string) =>
  carries(call, Buffer.from(digest, 'latin1')) || carries(call, Buffer.from(hexOf(digest), 'hex'))

const hexOf = (digest: string) => digest.slice('sha256:'.length)
const nameOf = (digest: string) => `/${hexOf(digest).slice(0, 2)}/${hexOf(digest).slice(2)}`

/** A chain as a line: where in the log each step was over. */
export const inWords = (chain: Chain): string =>
  chain
    .map(
      ({ step, call }) =>
        `${step} (${call.name} ${basename(targetOf(call)).slice(0, 24)}, line ${call.ended + 1})`,
    )
    .join(' < ')
