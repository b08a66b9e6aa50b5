import type { Clock, Random } from '@tributary/protocols/runtime'
import { ConflictError } from '../faults/storage.ts'
import type { Role, Token } from '../ports/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { refuse } from '../refusal.ts'
import type { AccessService, Actor } from '../services.ts'
import { findToken } from './find-token.ts'
import { sessionTokens } from './session-token.ts'
import { newSecret, newTokenId, tokenHash, tokenText } from './token-text.ts'

type Needs = {
  clock: Pick<Clock, 'now'>
  random: Random
  store: Pick<Store, 'tokens' | 'commit'>
  /** The coordinator's own 32 bytes. */
  ownKey: Uint8Array
}

type OperatorToken = Extract<Token, { kind: 'operator' }>

/** The first admin's token has this id, so that two processes that start at once cannot both hand one out. */
const FIRST_ADMIN_ID = '0'.repeat(24)

const COORDINATOR: Pick<Actor, 'id'> = { id: 'coordinator' }

/** Who may do what: operators by stored tokens, clients by signed sessions. */
export const createAccessService = ({ clock, random, store, ownKey }: Needs): AccessService => {
  const sessions = sessionTokens(ownKey)

  const draft = (id: string, request: { name: string; role: Role }) => {
    const secret = tokenText('operator', id, newSecret(random))
    const hash = tokenHash(secret)
    const token: OperatorToken = {
      kind: 'operator',
      id,
      hash,
      ...request,
      status: 'active',
      createdAt: clock.now(),
    }
    return { token, secret }
  }
  const save = (token: OperatorToken, actor: Pick<Actor, 'id'>) =>
    store.commit([{ kind: 'insert-token', token }, created(token, actor)])

  return {
    async operator(bearer) {
      const token = await findToken(store, 'operator', bearer)
      if (!token)
        return refuse(
          'unauthenticated',
          'this is not a token of an operator of this coordinator: copy it whole, or ask an admin for one',
        )
      if (token.status === 'revoked')
        return refuse('unauthenticated', `the token ${token.name} has been revoked: ask an admin for another`)
      return { id: token.id, name: token.name, role: token.role }
    },
    session(bearer) {
      const session = sessions.read(bearer)
      if (!session) return refuse('unauthenticated', 'this is not a session token of this coordinator')
      if (clock.now() >= session.expiresAt)
        return refuse(
          'unauthenticated',
          'the session has expired: the coordinator hands out new ones on the line',
        )
      return session.client
    },
    issueSession: (client, until) => sessions.write(client, until),
    async createOperator({ name, role }, actor) {
      const { token, secret } = draft(newTokenId(random), { name, role })
      await save(token, actor)
      return { token, secret }
    },
    async firstAdmin(show) {
      const tokens = await store.tokens.list()
      if (tokens.some(({ kind }) => kind === 'operator')) return undefined
      const { token, secret } = draft(FIRST_ADMIN_ID, { name: 'first admin', role: 'admin' })
      show(secret)
      try {
        await save(token, COORDINATOR)
        return { secret }
      } catch (error) {
        if (error instanceof ConflictError) return undefined
        throw error
      }
    },
  }
}

const created = ({ id, name, role, createdAt }: OperatorToken, actor: Pick<Actor, 'id'>): Change => ({
  kind: 'append-audit',
  entry: {
    at: createdAt,
    actor: actor.id,
    action: 'operator-token.created',
    subject: id,
    detail: { name, role },
  },
})
