import { EncodedPublicKey } from '@tributary/protocols/crypto'
import { TributaryError } from '../tributary-error.ts'

/**
 * The key that the app has given, in one place or in both.
 * @throws TributaryError `bad-options` for what is no key, and for two that differ.
 */
export const givenKeyOf = (...keys: readonly (string | undefined)[]): EncodedPublicKey | undefined => {
  const [first, ...others] = keys.filter((key) => key !== undefined)
  if (first === undefined) return undefined
  const key = EncodedPublicKey.safeParse(first)
  if (key.success && others.every((other) => other === first)) return key.data
  throw new TributaryError({
    code: 'bad-options',
    problem: key.success
      ? '`coordinatorKey` and `privacy.coordinatorKey` differ'
      : `${JSON.stringify(first)} is not a coordinator’s key: 32 bytes in base64url, 43 characters`,
    remedy: 'Give the key that the coordinator’s operator publishes as `coordinatorKey` alone',
  })
}
