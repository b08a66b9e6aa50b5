/** Work whose time and backlog an operator watches. */
export type Work = 'decision' | 'aggregation' | 'unmasking' | 'upload'

/** The same function, counted and timed as that work whenever it is called. */
export type Measure = <Args extends unknown[], T>(
  work: Work,
  does: (...args: Args) => Promise<T>,
) => (...args: Args) => Promise<T>
