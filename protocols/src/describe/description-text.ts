import type { TaskDescription } from './describe-task.ts'
import { MEMORY_FORMULA } from './training-memory.ts'

/** For people: a table of the layers, and the sums. Ends in a line break. */
export const descriptionText = (task: TaskDescription): string => {
  const { layers, parameters, traffic, memory, plan, inputShape } = task
  const rows = layers.map(({ name, kind, outputShape, parameters: count, frozen }) => [
    printable(name),
    printable(kind ?? '-'),
    outputShape ? `[${outputShape}]` : '?',
    grouped(count),
    frozen ? 'frozen' : count > 0 ? 'trained' : '',
  ])
  const lines = [
    ...tableOf([['LAYER', 'KIND', 'GIVES', 'PARAMETERS', ''], ...rows], new Set([3])),
    '',
    ...tableOf(
      [
        ['input', inputShape ? `[${inputShape}]` : '?'],
        ['trained', `${grouped(parameters.trained)} parameters`],
        ['frozen', `${grouped(parameters.frozen)} parameters`],
        ['', ''],
        ['down, once', bytesText(traffic.once.assignment + traffic.once.frozen)],
        ['  assignment', bytesText(traffic.once.assignment)],
        ['  frozen part', bytesText(traffic.once.frozen)],
        ['down, a round', bytesText(traffic.down.weights + traffic.down.carried)],
        ['up, a round', `${bytesText(traffic.up.sealed)}, ${UP[traffic.up.form]}`],
        ['', ''],
        [
          'memory of training',
          `${memory.activations === null ? 'at least ' : ''}${bytesText(memory.total)}, at batches of ${plan.batchSize}`,
        ],
        ['  weights', bytesText(memory.weights)],
        ['  gradients', bytesText(memory.gradients)],
        ['  optimizer', bytesText(memory.optimizer + memory.beside)],
        [
          '  activations',
          memory.activations === null ? 'not told by the model' : bytesText(memory.activations),
        ],
        ['  around', bytesText(memory.around)],
      ],
      new Set(),
    ),
    '',
    `An estimate, without the examples: ${MEMORY_FORMULA}.`,
  ]
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

const UP = {
  plain: 'sealed',
  compressed: 'compressed and sealed, at most',
  masked: 'masked, packed and sealed',
} as const

const tableOf = (rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, i) => (right.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  '),
  )
}

/** A name is whatever its author wrote; here it neither steers a terminal nor breaks a line. */
const printable = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '\uFFFD').slice(0, 60)

const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')

const bytesText = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
