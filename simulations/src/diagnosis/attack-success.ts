/**
 * Attack success rate: of rows that bear the trigger and are truly something else, the share that the model takes for the target;
 * undefined without rows. As a model without the backdoor errs too, compare it with one that was not attacked.
 * @throws RangeError when a row is of the target: it would count as a success of its own.
 */
export const attackSuccess = (
  { predicted, expected }: { predicted: ArrayLike<number>; expected: ArrayLike<number> },
  target: number,
): number | undefined => {
  if (predicted.length !== expected.length)
    throw new RangeError(`${expected.length} rows have ${predicted.length} predictions`)
  let taken = 0
  for (let row = 0; row < expected.length; row++) {
    if (expected[row] === target)
      throw new RangeError(`row ${row} is of the target ${target} itself: leave it out`)
    if (predicted[row] === target) taken++
  }
  return expected.length === 0 ? undefined : taken / expected.length
}
