import { TaskFile } from '@tributary/protocols/task'
import { expect, test } from 'vitest'
import { STRATEGIES, type StrategyName } from './strategies.ts'
import { defaultValues, type TaskValues, taskFileOf } from './task-values.ts'

const fileOf = (part: Partial<TaskValues> = {}) => taskFileOf({ ...defaultValues(), id: 'digits', ...part })
const elements = (file: TaskFile) =>
  file.model.tensors.reduce((sum, { shape }) => sum + shape.reduce((all, size) => all * size, 1), 0)

test('the form as it opens is a good task but for its name', () => {
  expect(
    TaskFile.safeParse(taskFileOf(defaultValues())).error?.issues.map(({ path }) => path.join('.')),
  ).toEqual(['id'])
  expect(TaskFile.safeParse(fileOf()).success).toBe(true)
})

test.each([
  [{ model: 'regression' as const }, 7_850],
  [{ model: 'two-layers' as const }, 199_210],
  [{ model: 'dense' as const, inputs: 4, hidden: '8 8', outputs: 3 }, 139],
  [{ model: 'convolutional' as const }, 1_663_370],
  [{ model: 'custom' as const, trainer: 'line', tensors: 'slopes: 2, 1\n\nintercept: 1\n' }, 3],
])('%j has %d parameters', (part, parameters) => {
  expect(elements(TaskFile.parse(fileOf(part)))).toBe(parameters)
})

test.each(Object.keys(STRATEGIES) as StrategyName[])('the usual parameters of %s are good', (strategy) => {
  const parameters: TaskValues['parameters'] = strategy === 'fltrust' ? { root: `c-${'a'.repeat(32)}` } : {}
  expect(TaskFile.safeParse(fileOf({ strategy, parameters })).error?.issues ?? []).toEqual([])
})

test.each([
  { noise: 'central' },
  { noise: 'local' },
  { privacy: 'secure-aggregation' },
  { privacy: 'secure-aggregation', noise: 'distributed' },
  { schedule: 'cron' },
  { schedule: 'continuous', stop: 'completed-rounds' },
  { initial: 'import' },
] as Partial<TaskValues>[])('%j is a good task', (part) => {
  expect(TaskFile.safeParse(fileOf(part)).error?.issues ?? []).toEqual([])
})

test('an emptied number is left out, so that the coordinator says it is missing', () => {
  expect(fileOf({ epochs: Number.NaN })).toMatchObject({ plan: { batchSize: 10 } })
  expect(JSON.stringify(fileOf({ epochs: Number.NaN }))).not.toContain('epochs')
})
