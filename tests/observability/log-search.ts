/** Searches a log for what must not be in it, in every form in which a program would print it. */

/** `what` it is, and the bytes, numbers or text that it consists of. */
export type Secret =
  | { what: string; text: string }
  | { what: string; bytes: Uint8Array }
  | { what: string; numbers: Iterable<number> }

/** Of each secret that is in the log: what it is, and a piece of the line that shows it. */
export const secretsIn = (log: string, secrets: readonly Secret[]): string[] =>
  secrets.flatMap((secret) => {
    const found = formsOf(secret).find((form) => log.includes(form))
    return found === undefined ? [] : [`${secret.what}: …${around(log, found)}…`]
  })

/** Shorter than this a form is in any log by chance. */
const LEAST = 8

const formsOf = (secret: Secret): string[] => {
  if ('text' in secret)
    return [secret.text, JSON.stringify(secret.text).slice(1, -1), encodeURIComponent(secret.text)]
  if ('bytes' in secret) return formsOfBytes(secret.bytes)
  const forms: string[] = []
  for (const number of secret.numbers) {
    if (!Number.isFinite(number)) continue
    const single = Math.fround(number)
    // As a float64, as the float32 that it becomes, and cut to what is still no chance.
    for (const value of [number, single]) forms.push(String(value), value.toPrecision(7))
  }
  return forms.filter((form) => form.replace(/[-.e]/g, '').length >= 6)
}

const formsOfBytes = (bytes: Uint8Array): string[] => {
  const buffer = Buffer.from(bytes)
  const list = [...bytes]
  const forms = [
    buffer.toString('hex'),
    buffer.toString('hex').toUpperCase(),
    // Within a longer text, base64 begins at any of three places, and its ends depend on what is beside.
    ...[0, 1, 2].map((skip) => buffer.subarray(skip).toString('base64').replace(/=+$/, '').slice(0, -2)),
    ...[0, 1, 2].map((skip) => buffer.subarray(skip).toString('base64url').slice(0, -2)),
    list.join(','),
    list.map((byte, i) => `"${i}":${byte}`).join(','),
    list.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    buffer.toString('latin1'),
  ]
  return forms.filter((form) => form.length >= LEAST)
}

const around = (log: string, found: string): string => {
  const at = log.indexOf(found)
  return log.slice(Math.max(0, at - 60), at + found.length + 20).replace(/\n/g, '⏎')
}

/** The bytes of float32 values, as they lie in a tensor. */
export const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
