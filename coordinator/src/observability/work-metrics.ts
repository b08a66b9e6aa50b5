import { Gauge, Histogram, type Registry } from 'prom-client'
import type { Measure, Work } from '../ports/measure.ts'

/** How long each kind of work takes, and how much of it is under way: of decisions, that is the queue before the tables. */
export const createMeasure = (registers: [Registry]): Measure => {
  const begun = new Gauge({
    name: 'tributary_work_in_progress',
    help: 'Work that was asked for and is not done: decisions that wait to be saved, uploads, aggregations, unmaskings.',
    labelNames: ['work'],
    registers,
  })
  const seconds = Object.fromEntries(
    Object.entries(TIMED).map(([work, { name, help, buckets }]) => {
      begun.set({ work }, 0)
      return [work, new Histogram({ name, help, buckets: [...buckets], labelNames: ['outcome'], registers })]
    }),
  )
  for (const histogram of Object.values(seconds))
    for (const outcome of ['done', 'failed']) histogram.zero({ outcome })
  return (work, does) =>
    async (...args) => {
      const from = performance.now()
      const ended = (outcome: 'done' | 'failed') => {
        begun.dec({ work })
        seconds[work]?.observe({ outcome }, (performance.now() - from) / 1_000)
      }
      begun.inc({ work })
      try {
        const result = await does(...args)
        ended('done')
        return result
      } catch (error) {
        ended('failed')
        throw error
      }
    }
}

const QUICK = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10] as const
const LONG = [0.01, 0.1, 0.5, 2, 10, 60, 300, 1_200] as const

const TIMED: Record<Work, { name: string; help: string; buckets: readonly number[] }> = {
  decision: {
    name: 'tributary_decision_duration_seconds',
    help: 'From an event of a round to the answer, with what it changed saved; failed where it could not be.',
    buckets: QUICK,
  },
  aggregation: {
    name: 'tributary_aggregation_duration_seconds',
    help: 'Folding the updates of a round into new weights, unmasking included.',
    buckets: LONG,
  },
  unmasking: {
    name: 'tributary_unmasking_duration_seconds',
    help: 'Expanding and adding up the masks of a secure sum.',
    buckets: LONG,
  },
  upload: {
    name: 'tributary_upload_duration_seconds',
    help: 'From the headers of an update to its receipt or refusal; failed where a fault or the client ended it.',
    buckets: LONG,
  },
}
