/** The first and last byte asked for; of an empty blob, none. Throws `RangeError` for what the blob does not have. */
export const checkedRange = (
  bytes: number,
  range: { start: number; end: number } = { start: 0, end: bytes - 1 },
): { start: number; length: number } => {
  const { start, end } = range
  if (bytes === 0 && start === 0 && end === -1) return { start: 0, length: 0 }
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || end >= bytes)
    throw new RangeError(`bytes ${start} to ${end} are not within a blob of ${bytes} bytes`)
  return { start, length: end - start + 1 }
}
