import { encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import { toBase64url } from '../../crypto/encoding.ts'
import type { SharePair } from '../bundle.ts'
import type { Shares, SurvivorsMessage, UnmaskMessage } from '../messages.ts'
import { survivorsStatement, unmaskStatement } from '../statements.ts'
import { eraseSession } from './end.ts'
import type { ClientSession, HeldShares } from './session.ts'
import type { ClientMeans, ClientStep } from './states.ts'

/**
 * The one answer of a session: of every member that this client holds good shares of, the share of the seed where it
 * survives and the share of the mask key where it does not, never both. With that all secrets are forgotten.
 */
export const answer = (
  given: {
    session: ClientSession
    members: readonly number[]
    survivors: readonly number[]
    held: HeldShares
    asked: SurvivorsMessage
  },
  means: ClientMeans,
): ClientStep => {
  const { session, members, survivors, held, asked } = given
  const alive = new Set(survivors)
  const good = [...held].toSorted(([a], [b]) => a - b)
  const shown = (of: 'survivors' | 'dropped', share: (pair: SharePair) => Uint8Array): Shares => {
    const pairs = good.flatMap(([member, pair]) =>
      pair && alive.has(member) === (of === 'survivors') ? [{ member, share: toBase64url(share(pair)) }] : [],
    )
    return { members: pairs.map(({ member }) => member), shares: pairs.map(({ share }) => share).join('') }
  }
  const unsigned = {
    session: encodeNonce(session.sessionId),
    seeds: shown('survivors', ({ seed }) => seed),
    maskKeys: shown('dropped', ({ maskKey }) => maskKey),
  }
  const statement = unmaskStatement(unsigned, survivorsStatement(session.sessionId, members, survivors))
  const sent: UnmaskMessage = {
    type: 'secagg-unmask',
    round: session.manifest.round,
    ...unsigned,
    signature: encodeSignature(means.identity.sign(statement)),
  }
  return {
    state: { phase: 'answered', asked, sent },
    effects: [{ type: 'send', message: sent }, eraseSession(session, held)],
  }
}
