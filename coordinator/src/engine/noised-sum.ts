import type { Kernels } from '@tributary/protocols/kernels'
import {
  type createCentralSum,
  noisedFraction,
  type PromisedPrivacy,
  valueMultiplier,
} from '@tributary/protocols/privacy'
import { clipAfter, followingOf } from '@tributary/protocols/secure-round'
import { manifestOf, type TaskFile, updateManifestOf } from '@tributary/protocols/task'
import { type TensorManifest, totalElements } from '@tributary/protocols/tensors'
import type { Aggregating } from '../round/round.ts'
import type { NoiseOf } from './round-noise.ts'

type Needs = {
  kernels: Kernels
  /** Clips, sums and noises: what the claims of `central` and `dp-ftrl` rest on. */
  centralSum: typeof createCentralSum
  /** The round's noise: the same bytes however often they are asked for. */
  noise: NoiseOf
}

type AtCoordinator = Extract<PromisedPrivacy, { mechanism: 'central' | 'dp-ftrl' }>
type Clipping = Extract<AtCoordinator['clipping'], { kind: 'adaptive' }>

type Summed = {
  round: Aggregating
  file: TaskFile
  promised: AtCoordinator
  /** How many updates there are. */
  clients: number
  /** Gives every update's values, of tensors like these, or says why it cannot. */
  each(manifest: TensorManifest, add: (values: Float32Array) => void): Promise<string | undefined>
}

export type NoisedSum =
  | {
      kind: 'sum'
      values: Float32Array
      /** What the next round clips to, where that follows the clients. */
      nextClip?: number
    }
  | { kind: 'failed'; detail: string }

/** The sum of a round's clipped deltas under the noise that the coordinator adds. */
export const noisedSum = async (
  { kernels, centralSum, noise }: Needs,
  { promised, ...of }: Summed,
): Promise<NoisedSum> => {
  const { clipping, noiseMultiplier } = promised
  if (clipping.kind === 'adaptive')
    return followingSum({ kernels, centralSum, noise }, { ...of, promised, clipping })
  const manifest = manifestOf(of.file.model)
  const length = totalElements(manifest)
  const sum = centralSum({ length, clipNorm: clipping.clipNorm, noiseMultiplier, kernels })
  const problem = await of.each(manifest, (delta) => sum.add(delta))
  if (problem) return failed(problem)
  const values =
    promised.mechanism === 'dp-ftrl'
      ? sum.finishUnder(await noise.ofTree(of.round, { length, roundsOfTree: promised.roundsOfTree }))
      : sum.finish(await noise.ofRound(of.round.id))
  return { kind: 'sum', values }
}

/**
 * The round's norm follows from the rounds before it, and the clients' votes make the next one (Andrew et al. 2021): noise on the values and on the
 * count of the votes cost together what the round was charged with.
 */
const followingSum = async (
  { kernels, centralSum, noise }: Needs,
  { round, file, promised, clipping, clients, each }: Summed & { clipping: Clipping },
): Promise<NoisedSum> => {
  const { clip: clipNorm } = round
  const following = followingOf(file)
  if (clipNorm === undefined || !following) return failed('the round does not say what it clips to')
  const { countNoise } = clipping
  const length = totalElements(manifestOf(file.model))
  const noiseMultiplier = valueMultiplier({ multiplier: promised.noiseMultiplier, countNoise })
  const sum = centralSum({ length, clipNorm, noiseMultiplier, kernels })
  let within = 0
  const problem = await each(updateManifestOf(file), (values) => {
    sum.add(values.subarray(0, length))
    if (values[length] === 1) within += 1
  })
  if (problem) return failed(problem)
  const random = await noise.ofRound(round.id)
  const values = sum.finish(random)
  // How many came is told beside every round, so the fraction is of them: over the quorum it would miss any quantile but the median.
  const fraction = noisedFraction({ within, beyond: clients - within }, { clients, countNoise, random })
  return { kind: 'sum', values, nextClip: clipAfter(clipNorm, following, fraction) }
}

const failed = (detail: string): NoisedSum => ({ kind: 'failed', detail })
