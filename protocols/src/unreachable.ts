/** Ends every `switch` over a union: a case that was forgotten breaks the build here. */
export const unreachable = (value: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
