/** A folder of results that cannot be written to, or gone on with, as it was asked. */
export class FolderError extends Error {
  override readonly name = 'FolderError'
}
