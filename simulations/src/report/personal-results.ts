/** Models of the clients' own in a results folder: what a run writes, and a report reads. */
import * as z from 'zod'
import { quantile } from './statistics.ts'

const Score = z.looseObject({ loss: z.number().nullable(), accuracy: z.number().min(0).max(1) })

/** A line of `personal.jsonl`: a client's own model and the shared one on the rows that it held out. */
export const PersonalRecord = z.looseObject({
  client: z.string().min(1).max(1_000),
  /** Rows held out. */
  examples: z.int().min(1),
  /** Rounds that it took part in. */
  rounds: z.int().min(0),
  /** Left out where each client has layers of its own that the shared model has nothing for. */
  shared: Score.optional(),
  /** Left out where the client never took part, and has none. */
  own: Score.optional(),
})
export type PersonalRecord = z.infer<typeof PersonalRecord>

/** Accuracy over clients, each counting once; `p10` is what a tenth of clients are below (Hyndman and Fan's definition 7). */
const AccuracyOverClients = z.object({ mean: z.number(), p10: z.number(), worst: z.number() })
export type AccuracyOverClients = z.infer<typeof AccuracyOverClients>

/** `own` and `shared` are of the same clients: those that have a model of their own; where nobody has, of all. */
export const PersonalSummary = z.object({
  clients: z.int().min(0),
  /** Clients that held rows out and have no model of their own. */
  without: z.int().min(0),
  shared: AccuracyOverClients.optional(),
  own: AccuracyOverClients.optional(),
})
export type PersonalSummary = z.infer<typeof PersonalSummary>

export const summaryOfPersonal = (records: readonly PersonalRecord[]): PersonalSummary | undefined => {
  if (records.length === 0) return undefined
  const having = records.filter(({ own }) => own)
  const of = having.length > 0 ? having : records
  const [shared, own] = [
    overClients(of.map((record) => record.shared)),
    overClients(of.map((record) => record.own)),
  ]
  return {
    clients: of.length,
    without: records.length - having.length,
    ...(shared && { shared }),
    ...(own && { own }),
  }
}

const overClients = (
  scores: readonly ({ accuracy: number } | undefined)[],
): AccuracyOverClients | undefined => {
  const accuracies = scores.flatMap((score) => (score ? [score.accuracy] : []))
  const [p10, worst] = [quantile(accuracies, 0.1), quantile(accuracies, 0)]
  if (p10 === undefined || worst === undefined) return undefined
  return { mean: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length, p10, worst }
}
