/** The bytes of an answer, as far as there is room for them. */

/** Bytes that are there so far. */
export type Filling = { bytes: Uint8Array; have: number }

/** Reads on until the answer ends, and gives true; hangs up on one that is longer than the room that is left, and gives false. Rejects where it breaks off. */
export const readBody = async (
  { body }: Response,
  filling: Filling,
  heard?: () => void,
): Promise<boolean> => {
  const reader = body?.getReader()
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    heard?.()
    if (filling.have + chunk.value.length > filling.bytes.length) {
      await reader?.cancel()
      return false
    }
    filling.bytes.set(chunk.value, filling.have)
    filling.have += chunk.value.length
  }
  return true
}
