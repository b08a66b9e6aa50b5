/** `npm run simulate`: federated training in virtual time, by the production coordinator and the SDK's own participants. */
import { parseArgs } from 'node:util'
import { isRefusal, type Round } from '@tributary/coordinator'
import { TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import * as z from 'zod'
import { asFloat32, DIGIT_CLASSES, IMAGE_PIXELS, loadDigits } from './datasets/index.ts'
import {
  judgeSoftmaxRegression,
  type LabelledRows,
  softmaxRegressionTrainer,
} from './training/softmax-regression.ts'
import { createWorld } from './world.ts'

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

const Flags = z.strictObject({
  clients: whole(1, 10_000).default(100),
  cohort: whole(1, 10_000).default(20),
  rounds: whole(1, 10_000).default(10),
  seed: whole(0, Number.MAX_SAFE_INTEGER).default(1),
  dataset: z.enum(['auto', 'mnist', 'handwriting']).default('auto'),
  data: z.string().min(1).optional(),
  json: z.boolean().default(false),
})

const readFlags = () => {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      clients: text,
      cohort: text,
      rounds: text,
      seed: text,
      dataset: text,
      data: text,
      json: { type: 'boolean' },
    },
  })
  const parsed = Flags.safeParse(values)
  if (parsed.success) return parsed.data
  throw new Error(
    parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'),
  )
}

const taskOf = ({ cohort, rounds, seed }: z.infer<typeof Flags>): TaskFileInput => ({
  id: 'digits',
  model: {
    format: 'custom',
    trainer: 'softmax-regression',
    tensors: [
      { name: 'kernel', shape: [IMAGE_PIXELS, DIGIT_CLASSES], dtype: 'F32', initializer: 'zeros' },
      { name: 'bias', shape: [DIGIT_CLASSES], dtype: 'F32', initializer: 'zeros' },
    ],
    initial: { kind: 'seeded', seed },
  },
  plan: {
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: cohort, overSelection: 1, quorum: cohort },
  schedule: { kind: 'continuous' },
  stop: { kind: 'completed-rounds', rounds },
})

const simulate = async (): Promise<void> => {
  const startedMs = performance.now()
  const flags = readFlags()
  const print = (line: object, sentence: string) => console.log(flags.json ? JSON.stringify(line) : sentence)
  const digits = await loadDigits(flags)
  if (!flags.json) console.log(`${digits.description}\nSeed ${flags.seed}.`)
  const rowsOf = ({ images, labels }: { images: Uint8Array; labels: Uint8Array }): LabelledRows => ({
    features: IMAGE_PIXELS,
    classes: DIGIT_CLASSES,
    inputs: asFloat32(images),
    labels,
  })
  const completed: Extract<Round, { phase: 'completed' }>[] = []
  const file = TaskFile.parse(taskOf(flags))
  const world = await createWorld({
    seed: flags.seed,
    latencyMs: { least: 20, most: 200 },
    roundSaved(round) {
      if (round.phase !== 'completed' || round.debts !== 'owed') return
      completed.push(round)
      const virtualSeconds = (round.endedAt - round.openedAt) / 1_000
      print(
        { round: round.number, updates: round.tally.received, loss: round.metrics.loss, virtualSeconds },
        `round ${round.number}: ${round.tally.received} updates, loss ${round.metrics.loss?.toFixed(3)}, ${virtualSeconds.toFixed(2)} s of virtual time`,
      )
    },
  })
  const { services } = world.coordinator
  for (const [i, writer] of digits.clients.entries())
    await world.addClient({
      name: writer.id,
      task: file.id,
      trainer: softmaxRegressionTrainer(rowsOf(writer)),
      trainMs: 500 + ((i * 37) % 1_000),
    })
  const made = await services.tasks.create(file, { id: 'simulate', name: 'simulate', role: 'admin' })
  if (isRefusal(made)) throw new Error(made.detail)
  await world.runUntil(() => completed.length === flags.rounds)
  const last = completed.at(-1)
  if (!last || completed.length < flags.rounds) throw new Error('the rounds did not complete')
  const found = await services.models.weights(file.id, last.version.version)
  if (isRefusal(found)) throw new Error(found.detail)
  const parts: Uint8Array[] = []
  for await (const part of found.blob.stream()) parts.push(part)
  const weights = decodeSafetensors(new Uint8Array(Buffer.concat(parts))).values
  const { accuracy } = judgeSoftmaxRegression(rowsOf(digits.heldOut), weights)
  await world.close()
  const seconds = (performance.now() - startedMs) / 1_000
  print(
    { summary: { rounds: flags.rounds, accuracy, modelDigest: last.version.digest, seconds } },
    `${flags.rounds} rounds of ${flags.cohort} among ${flags.clients} clients in ${seconds.toFixed(1)} s: accuracy ${(100 * accuracy).toFixed(1)} % on writers who never trained.\n${last.version.digest}`,
  )
}

simulate().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.cause ? error : error.message) : error)
  process.exit(1)
})
