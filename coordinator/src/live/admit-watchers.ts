import { type Refusal, refuse } from '../refusal.ts'
import type { AccessService, Actor } from '../services.ts'

/** What a line to watch by is opened with. */
export type Handshake = {
  /** An operator's. */
  token: string | undefined
  /** Of the coordinator's own pages alone: another page's is not looked at. */
  cookieHeader: string | undefined
}

/** Who watches; `expiresAt`: by when the line ends unless that is asked again and answered later. */
export type Admission = { actor: Actor; expiresAt?: number }

export type AdmitWatcher = (handshake: Handshake) => Promise<Admission | Refusal>

/** Whoever may read may watch: an operator of any role by token, or whom `session` knows by a cookie. */
export const createAdmitWatcher =
  ({
    access,
    session,
  }: {
    access: Pick<AccessService, 'operator'>
    session?: (cookieHeader: string) => Promise<Admission | Refusal>
  }): AdmitWatcher =>
  async ({ token, cookieHeader }) => {
    if (token !== undefined) {
      const actor = await access.operator(token)
      return 'refused' in actor ? actor : { actor }
    }
    if (cookieHeader !== undefined && session) return session(cookieHeader)
    return refuse('unauthenticated', 'a line to watch by is opened with auth: { token }, an operator’s')
  }
