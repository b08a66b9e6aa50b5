/**
 * Whether two secrets are the same, in a time that depends on their lengths alone.
 * For tokens and tags; public values may be compared in any way.
 */
export const equalSecrets = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return difference === 0
}
