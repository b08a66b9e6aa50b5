import type { Clock } from '@tributary/protocols/runtime'
import { ConflictError } from '../faults/storage.ts'
import type { AuditEntry, Token } from '../ports/records.ts'
import type { PageRequest, Store } from '../ports/store.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { Actor } from '../services.ts'

type OfKind<Kind extends Token['kind']> = Extract<Token, { kind: Kind }>

/** The tokens there are; their texts are kept nowhere. Lists are newest first, and page by the id of the last token. */
export type TokenService = {
  operators(page: PageRequest<string>): Promise<OfKind<'operator'>[] | Refusal>
  /** Nothing more is taken under it. Again is the same; `last-admin` where nobody could make another token then. */
  revokeOperator(id: string, actor: Actor): Promise<OfKind<'operator'> | Refusal>
  invitations(page: PageRequest<string>): Promise<OfKind<'enrolment'>[] | Refusal>
  /** No client enrols by it any more; those that have stay enrolled. Again is the same. */
  takeBack(id: string, actor: Actor): Promise<OfKind<'enrolment'> | Refusal>
}

type Needs = {
  clock: Pick<Clock, 'now'>
  store: Pick<Store, 'tokens' | 'commit'>
}

export const createTokenService = ({ clock, store }: Needs): TokenService => {
  const list = async <Kind extends Token['kind']>(
    kind: Kind,
    { limit, after }: PageRequest<string>,
  ): Promise<OfKind<Kind>[] | Refusal> => {
    const tokens = (await store.tokens.list()).filter((token): token is OfKind<Kind> => token.kind === kind)
    if (after === undefined) return tokens.slice(0, limit)
    const last = tokens.findIndex(({ id }) => id === after)
    return last === -1 ? NO_CURSOR : tokens.slice(last + 1, last + 1 + limit)
  }

  const find = async <Kind extends Token['kind']>(
    kind: Kind,
    id: string,
  ): Promise<OfKind<Kind> | Refusal> => {
    const token = await store.tokens.get(id)
    return token && isOfKind(token, kind)
      ? token
      : refuse('not-found', `there is no ${kind} token ${id}`, { about: { token: id } })
  }

  const audited = (entry: Omit<AuditEntry, 'at'>) =>
    ({ kind: 'append-audit', entry: { at: clock.now(), ...entry } }) as const

  return {
    operators: (page) => list('operator', page),
    invitations: (page) => list('enrolment', page),

    async revokeOperator(id, actor) {
      const token = await find('operator', id)
      if ('refused' in token || token.status === 'revoked') return token
      const { name, role } = token
      try {
        await store.commit([
          { kind: 'revoke-token', id },
          audited({ actor: actor.id, action: 'operator-token.revoked', subject: id, detail: { name, role } }),
        ])
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error
        return refuse(
          'last-admin',
          `${name} is the last active token of an admin: make another admin token first, and revoke this one with it`,
          { about: { token: id } },
        )
      }
      return { ...token, status: 'revoked' }
    },

    async takeBack(id, actor) {
      const token = await find('enrolment', id)
      if ('refused' in token || token.usesLeft === 0) return token
      const { name, usesLeft } = token
      const spent = { ...token, usesLeft: 0 }
      await store.commit([
        { kind: 'save-token', token: spent },
        audited({
          actor: actor.id,
          action: 'enrolment-token.revoked',
          subject: id,
          detail: { name, usesLeft },
        }),
      ])
      return spent
    },
  }
}

const isOfKind = <Kind extends Token['kind']>(token: Token, kind: Kind): token is OfKind<Kind> =>
  token.kind === kind

const NO_CURSOR = refuse(
  'invalid',
  'query.cursor: this is not a cursor of this list: begin again without one',
  {
    mistakes: [
      { path: 'query.cursor', message: 'this is not a cursor of this list: begin again without one' },
    ],
  },
)
