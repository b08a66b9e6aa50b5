import type { Refusal } from '../refusal.ts'

/** What an attempt to sign in is known by when the browser comes back; secret to that browser. */
export type SignInAttempt = { state: string; nonce: string; verifier: string }

/** What an identity provider says of a person. `sub` is theirs for good; the rest is as that provider has it. */
export type Claims = Readonly<Record<string, unknown>> & { sub: string }

/** An OpenID provider, by authorization code with PKCE. What it answers is proven before it is handed on. */
export type IdentityProvider = {
  /** Where to send a browser that wants to sign in, and what to keep until it is back at `redirectUri`. */
  begin(redirectUri: string): Promise<{ url: string; attempt: SignInAttempt } | Refusal>
  /** Who came back at this address. */
  finish(callback: URL, attempt: SignInAttempt): Promise<Claims | Refusal>
}
