/** Promises that somebody does await: what effects have started and not yet finished. */

export type Jobs = {
  /** Runs the work; its failure goes to `failed` and nowhere else. */
  start(work: () => Promise<void>, failed: (error: unknown) => void): Promise<void>
  /** Resolves when no job is under way. */
  settled(): Promise<void>
}

export const createJobs = (): Jobs => {
  const underWay = new Set<Promise<void>>()
  return {
    start(work, failed) {
      const job = work()
        .catch(failed)
        .finally(() => underWay.delete(job))
      underWay.add(job)
      return job
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
