/** The coordinator is ending in good order. What it did not do it has not promised; the next start takes it up. */
export class StoppingError extends Error {
  override name = 'StoppingError'
  constructor() {
    super('the coordinator is shutting down')
  }
}
