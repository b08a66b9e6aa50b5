/** What an app insists on, whatever a task's coordinator asks for. */
import type { Invitation } from '@tributary/protocols/messages'
import {
  type Audience,
  type Expectation,
  type Floors,
  type Manifest,
  objectionTo,
  raiseFloors,
} from '@tributary/protocols/secagg'
import { isManifestOf } from '@tributary/protocols/secure-round'
import type { Assignment } from '@tributary/protocols/task'

export type PrivacyOptions = {
  /**
   * Whom this client takes part with: `fleet`, devices of strangers; `silo`, organisations that know each other. Each has floors
   * compiled in. Left out, it is what the task says; but that a task is a `demo`, whose floors are low, has to be said here too.
   */
  audience?: Audience
  /** Raises floors of that audience; what lies below one that is compiled in changes nothing. */
  floors?: Partial<Floors>
  /** The coordinator's Ed25519 key in base64url: rosters and lists of survivors under another are refused. */
  coordinatorKey?: string
  /**
   * The least and the most that the app's deltas may be clipped to (L2), where the task promises differential privacy: rounds that clip to less
   * learn nothing of them, and rounds that clip to more bury them in noise. For a task whose norm follows its clients; it holds for any.
   */
  clipNorm?: { least?: number; most?: number }
  /** Refuses rounds whose updates the coordinator could open. Naming any floor does so too. */
  requireSecureAggregation?: boolean
}

/** What the client expects of a secure round, or why it does not take part: an assignment or invitation below what the app insists on. */
export const expectationOf = (
  { invitation, assignment }: { invitation: Invitation; assignment: Assignment },
  options: PrivacyOptions = {},
): { kind: 'sealed' } | { kind: 'secure'; expected: Expectation } | { kind: 'refused'; why: string } => {
  const { manifest } = invitation
  const { privacy } = assignment
  if (privacy?.mode !== 'secure-aggregation') {
    if (manifest) return refused('the task does not ask for secure aggregation, and the invitation does')
    return options.requireSecureAggregation || options.floors
      ? refused(
          'updates of this task can be opened by its coordinator, and this app asks for secure aggregation',
        )
      : { kind: 'sealed' }
  }
  if (!manifest) return refused('the task asks for secure aggregation, and the invitation commits to none')
  if (!isManifestOf(manifest, assignment))
    return refused('the invitation commits to something else than the task asks for')
  if (!isSameCarried(manifest.carried, invitation.carried))
    return refused('the invitation carries something else than it commits to')
  const audience = options.audience ?? privacy.audience
  if (audience !== privacy.audience)
    return refused(`the task is for a ${privacy.audience}, and this app takes part in a ${audience}`)
  if (audience === 'demo' && options.audience !== 'demo')
    return refused('the task is a demonstration, and this app has not said that it is one')
  const { coordinatorKey } = options
  const expected: Expectation = {
    task: invitation.task,
    round: invitation.round,
    model: invitation.model.digest,
    plan: invitation.assignment.digest,
    ...(coordinatorKey !== undefined && { coordinator: coordinatorKey }),
    audience,
    floors: raiseFloors(audience, options.floors),
  }
  const objection = objectionTo(manifest, expected)
  return objection
    ? refused(`the round is not one that this app takes part in: ${objection}`)
    : { kind: 'secure', expected }
}

/** Clients that trained by different control variates could be told apart in their sum, as by different weights. */
const isSameCarried = (committed: Manifest['carried'], told: Invitation['carried']): boolean =>
  committed?.since === told?.since && committed?.control === told?.control?.digest

const refused = (why: string) => ({ kind: 'refused', why }) as const
