/** How often a model was right on some rows; `accuracy` is undefined where there are none. */
export type Tally = { readonly rows: number; readonly right: number; readonly accuracy: number | undefined }

export type Judged = {
  /** The class that the model says, of each row, and the true one. */
  readonly predicted: ArrayLike<number>
  readonly expected: ArrayLike<number>
}

/** Of all rows. */
export const tallyOf = (judged: Judged): Tally => {
  const [all] = tallyBy(judged, { count: 1, of: new Uint8Array(judged.expected.length) })
  return all ?? { rows: 0, right: 0, accuracy: undefined }
}

/** Of the rows of each label, `labels` of them. */
export const tallyByLabel = (judged: Judged, labels: number): Tally[] =>
  tallyBy(judged, { count: labels, of: judged.expected })

/**
 * Of the rows of each of `count` clients or groups, `of[row]` being whose the row is.
 * @throws RangeError when the arrays are not of one length, or a row is nobody's.
 */
export const tallyBy = (
  { predicted, expected }: Judged,
  { count, of }: { count: number; of: ArrayLike<number> },
): Tally[] => {
  if (predicted.length !== expected.length || of.length !== expected.length)
    throw new RangeError(
      `${expected.length} rows have ${predicted.length} predictions and ${of.length} owners`,
    )
  const [rows, right] = [new Uint32Array(count), new Uint32Array(count)]
  for (let row = 0; row < expected.length; row++) {
    const owner = of[row] ?? -1
    if (!(owner >= 0 && owner < count))
      throw new RangeError(`row ${row} is ${owner}'s, one of ${count} from 0`)
    rows[owner] = (rows[owner] ?? 0) + 1
    if (predicted[row] === expected[row]) right[owner] = (right[owner] ?? 0) + 1
  }
  return Array.from(rows, (own, owner) => ({
    rows: own,
    right: right[owner] ?? 0,
    accuracy: own === 0 ? undefined : (right[owner] ?? 0) / own,
  }))
}
