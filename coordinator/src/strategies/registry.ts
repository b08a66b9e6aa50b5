import type { StrategySpec } from '@tributary/protocols/task'
import { bulyan } from './bulyan.ts'
import { centeredClipping } from './centered-clipping.ts'
import { fedadagrad } from './fedadagrad.ts'
import { fedadam } from './fedadam.ts'
import { fedavg } from './fedavg.ts'
import { fedavgm } from './fedavgm.ts'
import { feddyn } from './feddyn.ts'
import { fednova } from './fednova.ts'
import { fedyogi } from './fedyogi.ts'
import { fltrust } from './fltrust.ts'
import { geometricMedian } from './geometric-median.ts'
import { krum } from './krum.ts'
import { median } from './median.ts'
import { multiKrum } from './multi-krum.ts'
import { normBounding } from './norm-bounding.ts'
import { qFedavg } from './q-fedavg.ts'
import { rfa } from './rfa.ts'
import { scaffold } from './scaffold.ts'
import type { Strategy } from './strategy.ts'
import { trimmedMean } from './trimmed-mean.ts'

/** The strategies by the names that task files use. Adding one is one file, one line here and one member of `StrategySpec`. */
const strategies: { [Name in StrategySpec['name']]: (spec: SpecOf<Name>) => Strategy } = {
  fedavg,
  fedavgm,
  fedadagrad,
  fedadam,
  fedyogi,
  median,
  'trimmed-mean': trimmedMean,
  krum,
  'multi-krum': multiKrum,
  bulyan,
  'geometric-median': geometricMedian,
  rfa,
  'norm-bounding': normBounding,
  'centered-clipping': centeredClipping,
  fltrust,
  fednova,
  'q-fedavg': qFedavg,
  scaffold,
  feddyn,
}

type SpecOf<Name extends StrategySpec['name']> = Extract<StrategySpec, { name: Name }>

export const strategyOf = <Name extends StrategySpec['name']>(spec: SpecOf<Name>): Strategy =>
  strategies[spec.name](spec)
