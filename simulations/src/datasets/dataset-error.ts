/** A data file is missing, altered or not in its format. The message says which file and what to do. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError'
}
