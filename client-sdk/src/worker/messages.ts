/**
 * What app and worker say to each other. Whatever else passes between them is theirs: only objects with a member `tributary` are read.
 *
 *   worker  ready ─────────────── alive · progress · done | failed ──▶ app
 *   app     assignment · train | evaluate | predict | count · abort · forget ──▶ worker
 */
import { Assignment, Plan } from '@tributary/protocols/task'
import * as z from 'zod/mini'
import type { TributaryErrorCode } from '../tributary-error.ts'

/** JSON has no NaN, but messages between threads do, and a loss may be one. */
const anyNumber = z.custom<number>((value) => typeof value === 'number')
const metrics = z.record(z.string(), anyNumber)
const vector = z.instanceof(Float32Array)
const count = z.int().check(z.nonnegative())

/** `key` names an assignment that was sent before, `call` what is answered. */
const asked = { call: count, key: count, weights: vector, frozen: z.optional(vector) }

export const AppMessage = z.discriminatedUnion('tributary', [
  z.object({ tributary: z.literal('assignment'), key: count, assignment: Assignment }),
  z.object({ tributary: z.literal('forget'), key: count }),
  z.object({
    tributary: z.literal('train'),
    ...asked,
    plan: Plan,
    seed: count,
    correction: z.optional(vector),
  }),
  z.object({ tributary: z.literal('evaluate'), ...asked }),
  z.object({ tributary: z.literal('predict'), ...asked, input: z.unknown() }),
  /** Of the trainer's examples, which is of no assignment. */
  z.object({ tributary: z.literal('count'), call: count }),
  z.object({ tributary: z.literal('abort'), call: count }),
])
export type AppMessage = z.infer<typeof AppMessage>

/** Who counts the bytes that a worker holds. */
export const MemoryMeasure = z.enum(['worker', 'trainer'])
export type MemoryMeasure = z.infer<typeof MemoryMeasure>

/** What a trainer's own errors may say of themselves. */
export const FaultCode = z.enum([
  'bad-examples',
  'bad-options',
  'cannot-count',
  'cannot-evaluate',
  'cannot-predict',
  'device-limit',
  'model-mismatch',
  'no-backend',
  'storage-failed',
  'trainer-incomplete',
  'training-failed',
  'unsupported-model',
] satisfies TributaryErrorCode[])

const Fault = z.object({
  message: z.string(),
  known: z.optional(z.object({ code: FaultCode, remedy: z.string() })),
})
export type Fault = z.infer<typeof Fault>

export const WorkerMessage = z.discriminatedUnion('tributary', [
  /** `address` of the worker's script, where it has one. */
  z.object({
    tributary: z.literal('ready'),
    measures: z.array(MemoryMeasure),
    address: z.optional(z.string()),
  }),
  /** Said again and again while there is work; `bytes` is what the worker holds, as far as that is counted. */
  z.object({ tributary: z.literal('alive'), bytes: z.optional(anyNumber) }),
  z.object({
    tributary: z.literal('progress'),
    call: count,
    fraction: anyNumber,
    loss: z.optional(anyNumber),
  }),
  z.object({ tributary: z.literal('done'), call: count, answer: z.unknown() }),
  z.object({ tributary: z.literal('failed'), call: count, fault: Fault }),
])
export type WorkerMessage = z.infer<typeof WorkerMessage>

export const TrainedAnswer = z.object({
  weights: vector,
  examples: anyNumber,
  metrics,
  steps: z.optional(anyNumber),
  initialLoss: z.optional(anyNumber),
  corrected: z.optional(z.boolean()),
})

export const EvaluatedAnswer = z.object({ examples: anyNumber, metrics })

export const CountedAnswer = anyNumber

/** Whether this is of this conversation at all. */
export const isOurs = (value: unknown): value is { tributary: unknown } =>
  typeof value === 'object' && value !== null && 'tributary' in value
