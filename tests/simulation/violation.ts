/** A law was broken. */
export class Violation extends Error {
  override name = 'Violation'
}
