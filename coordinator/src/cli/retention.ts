import { systemClock } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { loadStorage } from '../config.ts'
import {
  applyRetention,
  type Dispensable,
  planRetention,
  type RetentionPlan,
  type RetentionPolicy,
  totalBytes,
} from '../operate/retention.ts'
import { STORAGE_NOTES, STORAGE_USAGE } from '../settings/storage-settings.ts'
import { openBeside } from '../storage.ts'
import { type Command, printJson } from './command.ts'

const hours = z
  .string()
  .regex(/^\d{1,6}(\.\d+)?$/, 'must be a number of hours')
  .transform(Number)

const versions = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a number of versions, 1 or more: the newest always stays')
  .transform(Number)

const HOUR_MS = 3_600_000
const REPLIES_DAYS = 7

export const retentionCommand: Command = {
  name: 'retention',
  summary:
    'delete weights that nothing refers to, with --keep-versions those of old versions, and old answers',
  usage: `tributary retention [--keep-versions N] [--grace-hours H] [--dry-run] [--json] [flags]

Works beside a running coordinator. A version whose weights go stays in the list of versions, with its lineage; never those of
a task's newest version, nor of one that an open round trains from, go. Answers kept for idempotency keys go after ${REPLIES_DAYS} days.

  --keep-versions N      weights of a task's versions before its newest N may go (all stay)
  --grace-hours H        what was kept within this time stays (24)
  --dry-run              only tell what would go
  --json                 what went, or would go, as JSON
${STORAGE_USAGE}
${STORAGE_NOTES}`,
  failed: 'Not everything that should have gone is gone.',
  async run(call) {
    const { storage, flags, isOn } = loadStorage(call, {
      flags: z.object({ 'keep-versions': versions.optional(), 'grace-hours': hours.default(24) }),
      switches: ['dry-run', 'json'],
      operands: [],
    })
    const policy: RetentionPolicy = {
      graceMs: flags['grace-hours'] * HOUR_MS,
      keepVersions: flags['keep-versions'],
      keepRepliesMs: REPLIES_DAYS * 24 * HOUR_MS,
    }
    const dryRun = isOn('dry-run')
    const beside = await openBeside(storage)
    let plan: RetentionPlan
    let gone: Dispensable[]
    try {
      const needs = { ...beside, clock: systemClock() }
      plan = await planRetention(needs, policy)
      gone = dryRun ? plan.dispensable : await applyRetention(needs, plan, policy)
    } finally {
      await beside.close()
    }
    const bytes = totalBytes(gone)
    if (isOn('json')) {
      const { young, aggregating, replies } = plan
      printJson(call, { dryRun, bytes, blobs: gone, young, aggregating, replies })
    } else call.print(inWords(plan, gone, bytes, dryRun ? 'would go' : 'went'))
    return 0
  },
}

const inWords = (plan: RetentionPlan, gone: readonly Dispensable[], bytes: number, verb: string): string => {
  const lines = gone.map(
    (blob) => `${blob.digest}  ${blob.bytes} bytes  ${blob.of.join(', ') || 'nothing refers to it'}\n`,
  )
  const notes = [
    plan.replies > 0 ? `${plan.replies} answers kept for idempotency keys ${verb}.\n` : '',
    plan.young > 0 ? `${plan.young} more are within the grace.\n` : '',
    plan.aggregating ? 'A round is aggregating: what nothing refers to stays until it is done.\n' : '',
  ]
  return `${lines.join('')}${gone.length} blobs ${verb}, ${bytes} bytes.\n${notes.join('')}`
}
