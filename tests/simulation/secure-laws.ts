/** The laws of rounds whose updates are masked, held against what is saved of them. */
import { isDeepStrictEqual } from 'node:util'
import type { Round } from '@tributary/coordinator'
import type { ClientId, RoundId } from '@tributary/protocols'
import { secureGroupsOf, type TaskFile } from '@tributary/protocols/task'
import { type PlainUpdate, referenceFedavg } from '../fleet/reference-fedavg.ts'
import type { Change } from './ports.ts'
import type { Must } from './round-laws.ts'

type Secure = Extract<Round, { phase: 'secure-training' }>
type Group = Secure['groups'][number]
type Row = Extract<Change, { kind: 'insert-session-row' }>['row']

const STEPS: readonly Group['session']['phase'][] = [
  'advertising',
  'sharing',
  'masking',
  'confirming',
  'unmasking',
  'summing',
]

/** Of every group a step follows the one before it, has one deadline, and who survived is settled once. */
export const judgeSessions = (before: Secure, after: Secure, must: Must): void => {
  must(
    isDeepStrictEqual(before.bounds, after.bounds) && before.groups.length === after.groups.length,
    () => `${after.id} is divided otherwise than it was`,
  )
  for (const [index, group] of after.groups.entries()) {
    const was = before.groups[index]
    if (was) judgeGroup(was, group, `group ${index} of ${after.id}`, must)
  }
}

const judgeGroup = (before: Group, after: Group, name: string, must: Must): void => {
  const [from, to] = [before.session, after.session]
  const [fromStep, toStep] = [STEPS.indexOf(from.phase), STEPS.indexOf(to.phase)]
  must(fromStep <= toStep, () => `${name} went from ${from.phase} back to ${to.phase}`)
  must(
    fromStep < toStep || before.deadlineAt === after.deadlineAt,
    () => `${name} has another deadline for ${to.phase} than it had`,
  )
  must(isDeepStrictEqual(from.manifest, to.manifest), () => `${name} commits to something else than it did`)
  if ('survivors' in from && 'survivors' in to)
    must(isDeepStrictEqual(from.survivors, to.survivors), () => `${name} has other survivors than it had`)
}

/** Who survives is who was told that its vector is in the sum. */
export const judgeSurvivors = (
  round: Extract<Round, { phase: 'aggregating' }>,
  /** The clients of a group by member. */
  membersOf: (group: number) => readonly ClientId[],
  received: readonly ClientId[],
  must: Must,
): void => {
  const survivors = (round.sessions ?? []).flatMap((session, group) => {
    const members = membersOf(group)
    return session.survivors.map((member) => members[member])
  })
  must(
    isDeepStrictEqual([...survivors].sort(), [...received].sort()),
    () =>
      `${round.id} sums the vectors of ${survivors.length} clients and has acknowledged ${received.length}`,
  )
}

/** What has been shown of every client's secrets: of nobody may both be known, which would open its one vector. */
export const createShown = (must: Must) => {
  const kinds = new Map<string, 'seed' | 'mask key'>()
  return (round: RoundId, row: Row) => {
    if ('type' in row || row.message.type !== 'secagg-unmask') return
    const { seeds, maskKeys, session } = row.message
    const shown = [
      ...seeds.members.map((member) => ({ member, kind: 'seed' as const })),
      ...maskKeys.members.map((member) => ({ member, kind: 'mask key' as const })),
    ]
    for (const { member, kind } of shown) {
      const key = `${round}/${session}/${member}`
      const known = kinds.get(key) ?? kind
      must(known === kind, () => `${round} was shown the ${known} and the ${kind} of its member ${member}`)
      kinds.set(key, kind)
    }
  }
}

/**
 * That the weights are the mean of the survivors' updates: each of them is rounded to a level of the quantizer, so the sum
 * may be off by a level for each client.
 */
export const judgeSecureMean = (
  made: Float32Array,
  base: Float32Array,
  updates: readonly PlainUpdate[],
  { privacy, cohort }: Pick<TaskFile, 'privacy' | 'cohort'>,
): boolean => {
  if (privacy.mode !== 'secure-aggregation' || typeof privacy.range !== 'number') return false
  const expected = referenceFedavg(base, updates)
  const { most: clients } = secureGroupsOf(cohort, privacy)
  const levels = (2 ** (privacy.bits - 1) - 1) / clients
  const level = (privacy.range * privacy.maxExamples) / levels
  const examples = updates.reduce((sum, update) => sum + update.examples, 0)
  return expected.every((weight, i) => {
    const off = Math.abs((made[i] ?? Number.NaN) - weight)
    // Float32 keeps seven digits of the base, of the mean and of each client's share of it, and these may all but cancel out.
    const shares = updates.reduce((sum, update) => sum + update.examples * Math.abs(update.delta[i] ?? 0), 0)
    const rounding = 1e-6 * (Math.abs(weight) + 2 * Math.abs(base[i] ?? 0)) + (2 ** -23 * shares) / examples
    return off <= (updates.length * level) / examples + rounding
  })
}
