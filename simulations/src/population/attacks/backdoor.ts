import { uniform } from '@tributary/protocols/runtime'
import * as z from 'zod'
import type { Attack, LabelledRowsOfShape } from './attack.ts'
import { Boost, boosted, ServerLearningRate } from './boost.ts'
import { Trigger, triggerValues } from './trigger.ts'

/**
 * Backdoor: trains on images some of which bear a trigger and the target's label, so that the model sees the target wherever the trigger
 * is and is right elsewhere. Gu, Dolan-Gavitt and Garg 2017, "BadNets", arXiv:1708.06733; in federated learning, with a boosted
 * update, Bagdasaryan et al. 2020, arXiv:1807.00459.
 */
export const BackdoorSpec = z.strictObject({
  kind: z.literal('backdoor'),
  target: z.int().min(0).max(255),
  trigger: Trigger.default({ kind: 'patch', corner: 'bottom-right', side: 3, value: 1 }),
  /** Of its rows, those that bear the trigger; Bagdasaryan et al. have 20 in a batch of 64. */
  share: z.number().gt(0, 'must be above 0: a share of the rows').max(1).default(0.3),
  /** What it sends is its update so many times; 1 is as it is. */
  boost: Boost.default(1),
  serverLearningRate: ServerLearningRate,
})
export type BackdoorSpec = z.infer<typeof BackdoorSpec>

export const backdoor = (spec: BackdoorSpec): Attack => ({
  kind: spec.kind,
  sees: 'own',
  sends: 'its own',
  remembers: 0,
  poison(rows, random) {
    checkTarget(spec, rows)
    const [inputs, labels] = [rows.inputs.slice(), rows.labels.slice()]
    const width = inputs.length / Math.max(1, labels.length)
    const stamp = triggerValues(spec.trigger, rows.shape)
    for (let row = 0; row < labels.length; row++) {
      if (uniform(random) >= spec.share) continue
      labels[row] = spec.target
      for (const { at, value } of stamp) inputs[row * width + at] = value
    }
    return { ...rows, inputs, labels }
  },
  ...(spec.boost === 1
    ? {}
    : {
        craft: ({ own, share }) =>
          boosted(own, { boost: spec.boost, serverLearningRate: spec.serverLearningRate, share }),
      }),
})

/** Rows that show whether the backdoor works: all that are not of the target already, with the trigger, under their true labels. */
export const triggered = (spec: BackdoorSpec, rows: LabelledRowsOfShape): LabelledRowsOfShape => {
  checkTarget(spec, rows)
  const width = rows.inputs.length / Math.max(1, rows.labels.length)
  const others = [...rows.labels.keys()].filter((row) => rows.labels[row] !== spec.target)
  const inputs = new Float32Array(others.length * width)
  const stamp = triggerValues(spec.trigger, rows.shape)
  for (const [to, row] of others.entries()) {
    inputs.set(rows.inputs.subarray(row * width, (row + 1) * width), to * width)
    for (const { at, value } of stamp) inputs[to * width + at] = value
  }
  return { ...rows, inputs, labels: Uint8Array.from(others, (row) => rows.labels[row] ?? 0) }
}

const checkTarget = ({ target }: BackdoorSpec, { classes }: LabelledRowsOfShape): void => {
  if (target >= classes) throw new RangeError(`target ${target} is none of ${classes} labels, from 0`)
}
