import type { TaskFileInput } from '@tributary/protocols/task'

export type StrategyName = NonNullable<TaskFileInput['strategy']>['name']
type Parameter = { name: string; label: string; usual: number | string }

const STEP: Parameter = { name: 'serverLearningRate', label: 'Server learning rate', usual: 1 }
const SMALL_STEP: Parameter = { ...STEP, usual: 0.1 }
const BYZANTINE: Parameter = { name: 'byzantine', label: 'Clients that may lie', usual: 2 }
const POPULATION: Parameter = { name: 'population', label: 'Clients in all', usual: 1_000 }

/** How updates become weights: what each is for, and the parameters that people set. Others can be set in the file. */
export const STRATEGIES: Record<StrategyName, { title: string; parameters: readonly Parameter[] }> = {
  fedavg: { title: 'FedAvg: the mean by examples', parameters: [STEP] },
  fedavgm: {
    title: 'FedAvgM: the mean with momentum',
    parameters: [STEP, { name: 'momentum', label: 'Momentum', usual: 0.9 }],
  },
  fedadam: { title: 'FedAdam: adaptive steps', parameters: [SMALL_STEP] },
  fedyogi: { title: 'FedYogi: adaptive steps', parameters: [SMALL_STEP] },
  fedadagrad: { title: 'FedAdagrad: adaptive steps that shrink', parameters: [SMALL_STEP] },
  'norm-bounding': { title: 'Norm bounding: a first defence', parameters: [STEP] },
  median: { title: 'Median: fewer than half lie', parameters: [STEP] },
  'geometric-median': { title: 'Geometric median: fewer than half lie', parameters: [STEP] },
  rfa: { title: 'RFA: geometric median under secure aggregation', parameters: [] },
  'trimmed-mean': { title: 'Trimmed mean: a known number lie', parameters: [BYZANTINE] },
  krum: { title: 'Krum: a known number lie', parameters: [BYZANTINE] },
  'multi-krum': { title: 'Multi-Krum: a known number lie', parameters: [BYZANTINE] },
  bulyan: { title: 'Bulyan: a known number lie, also in few weights', parameters: [BYZANTINE] },
  'centered-clipping': {
    title: 'Centered clipping: small lies that add up',
    parameters: [{ name: 'radius', label: 'Radius', usual: 1 }],
  },
  fltrust: {
    title: 'FLTrust: most may lie, one of yours does not',
    parameters: [{ name: 'root', label: 'Client of yours that trains on clean data', usual: '' }],
  },
  fednova: { title: 'FedNova: clients take different numbers of steps', parameters: [STEP] },
  'q-fedavg': {
    title: 'q-FedAvg: accuracy more even over clients',
    parameters: [
      { name: 'q', label: 'q: how even', usual: 1 },
      { name: 'lipschitz', label: "L: 1 / the clients' learning rate", usual: 20 },
    ],
  },
  scaffold: { title: 'SCAFFOLD: clients differ, many local steps', parameters: [STEP, POPULATION] },
  feddyn: {
    title: 'FedDyn: clients differ, a regularizer each',
    parameters: [{ name: 'alpha', label: 'α', usual: 0.01 }, POPULATION],
  },
}

/** A strategy with its parameters as they were typed, numbers as numbers, and the usual ones where none was. */
export const strategyOf = (name: StrategyName, typed: Record<string, number | string>): object => ({
  name,
  ...Object.fromEntries(
    STRATEGIES[name].parameters.map(({ name: parameter, usual }) => {
      const given = typed[parameter] ?? usual
      return [parameter, typeof usual === 'number' && given !== '' ? Number(given) : given]
    }),
  ),
})
