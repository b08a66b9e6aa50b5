import { unreachable } from '@tributary/protocols'
import * as z from 'zod'
import type { Attack } from './attack.ts'
import { BackdoorSpec, backdoor } from './backdoor.ts'
import { FreeRiderSpec, freeRider } from './free-rider.ts'
import { GaussianSpec, gaussian } from './gaussian.ts'
import { HugeSpec, huge } from './huge.ts'
import { InnerProductSpec, innerProduct } from './inner-product.ts'
import { LabelFlipSpec, labelFlip } from './label-flip.ts'
import { LittleIsEnoughSpec, littleIsEnough } from './little-is-enough.ts'
import { MinMaxSpec, MinSumSpec, minMax } from './min-max.ts'
import { ModelReplacementSpec, modelReplacement } from './model-replacement.ts'
import { NotFiniteSpec, notFinite } from './not-finite.ts'
import { SignFlipSpec, signFlip } from './sign-flip.ts'
import { StaleReplaySpec, staleReplay } from './stale-replay.ts'

/** An attack as a scenario file says it; formulas and papers are in this folder, one file each. */
export const AttackSpec = z.discriminatedUnion('kind', [
  SignFlipSpec,
  GaussianSpec,
  LabelFlipSpec,
  LittleIsEnoughSpec,
  InnerProductSpec,
  MinMaxSpec,
  MinSumSpec,
  ModelReplacementSpec,
  BackdoorSpec,
  FreeRiderSpec,
  StaleReplaySpec,
  NotFiniteSpec,
  HugeSpec,
])
export type AttackSpec = z.infer<typeof AttackSpec>

export const attackOf = (spec: AttackSpec): Attack => {
  switch (spec.kind) {
    case 'sign-flip':
      return signFlip(spec)
    case 'gaussian':
      return gaussian(spec)
    case 'label-flip':
      return labelFlip(spec)
    case 'little-is-enough':
      return littleIsEnough(spec)
    case 'inner-product':
      return innerProduct(spec)
    case 'min-max':
    case 'min-sum':
      return minMax(spec)
    case 'model-replacement':
      return modelReplacement(spec)
    case 'backdoor':
      return backdoor(spec)
    case 'free-rider':
      return freeRider(spec)
    case 'stale-replay':
      return staleReplay(spec)
    case 'not-finite':
      return notFinite(spec)
    case 'huge':
      return huge(spec)
    default:
      return unreachable(spec)
  }
}
