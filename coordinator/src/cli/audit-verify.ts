import { unreachable } from '@tributary/protocols'
import * as z from 'zod'
import type { ChainHead } from '../audit/chain.ts'
import { loadStorage } from '../config.ts'
import { type Break, type LogVerdict, verifyAuditLog } from '../operate/audit-log.ts'
import { STORAGE_NOTES, STORAGE_USAGE } from '../settings/storage-settings.ts'
import { openSnapshot } from '../storage.ts'
import { type Command, printJson } from './command.ts'

const chainHead = z.string().transform((text, context): ChainHead => {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (hash !== undefined) return { sequence: Number(sequence), hash }
  context.addIssue('must be what an earlier verification printed: a number, a colon and 64 hex digits')
  return z.NEVER
})

export const auditVerifyCommand: Command = {
  name: 'audit verify',
  summary: 'check the hash chain of the audit log, and name the first entry that is wrong',
  usage: `tributary audit verify [--expect-head N:HASH] [--json] [flags]

Reads beside a running coordinator. An entry that was changed, removed, moved or put in shows; newest entries that were cut
off show only against a head that was kept elsewhere: every verification prints the head to keep.

  --expect-head N:HASH   an entry that an earlier verification named as the last: it must still be there
  --json                 the verdict as JSON
${STORAGE_USAGE}
${STORAGE_NOTES}`,
  failed: 'The audit log cannot be verified.',
  async run(call) {
    const { storage, flags, isOn } = loadStorage(call, {
      flags: z.object({ 'expect-head': chainHead.optional() }),
      switches: ['json'],
      operands: [],
    })
    const snapshot = await openSnapshot(storage)
    let verdict: LogVerdict
    try {
      verdict = await verifyAuditLog(snapshot, flags['expect-head'])
    } finally {
      await snapshot.close()
    }
    const { broken, head, expected } = verdict
    const intact = broken === undefined && (expected ?? 'there') === 'there'
    if (isOn('json'))
      printJson(call, { intact, head, broken: broken ?? null, expectedHead: expected ?? null })
    else call.print(inWords(verdict, flags['expect-head']))
    return intact ? 0 : 1
  },
}

const inWords = ({ broken, head, expected }: LogVerdict, asked: ChainHead | undefined): string => {
  if (broken)
    return `${breakInWords(broken, head)}\nThe ${head.sequence} entries before it are right, up to\n${head.sequence}:${head.hash}\n`
  switch (expected) {
    case 'cut-off':
      return `Entry ${asked?.sequence} is not there any more: the log was cut off after entry ${head.sequence}.\n`
    case 'different':
      return `Entry ${asked?.sequence} is another than the one that was kept: the log was written anew.\n`
    case 'there':
    case undefined:
      return `All ${head.sequence} entries are as they were written. Keep this somewhere else, for --expect-head:\n${head.sequence}:${head.hash}\n`
    default:
      return unreachable(expected)
  }
}

const breakInWords = (broken: Break, head: ChainHead): string => {
  const { sequence } = broken
  switch (broken.reason) {
    case 'out-of-sequence':
      return sequence > head.sequence
        ? `Entry ${head.sequence + 1} is missing: entry ${head.sequence} is followed by ${sequence}.`
        : `Entry ${sequence} has a number that was never given: it was put in.`
    case 'unlinked':
      return `Entry ${sequence} does not follow from the one before it: it was moved, put in or replaced, or that one was.`
    case 'altered':
      return `Entry ${sequence} was changed: it is not what its hash was made of.`
    case 'unreadable':
      return `Entry ${sequence}, or what stands in its place, cannot be read: ${broken.detail}.`
    default:
      return unreachable(broken)
  }
}
