export { clipAfter, type Following, followingOf } from './following.ts'
export { refiningWeight } from './refining-weight.ts'
export {
  DELTA_SEGMENT,
  isManifestOf,
  manifestOfRound,
  maskedVectorBytes,
  metricSegment,
  noisePlanOf,
} from './round-manifest.ts'
export { noiseOfRound, promisedPrivacyOf, survivorsOf } from './round-noise.ts'
export { type SecureMean, secureMean, secureVector } from './secure-vector.ts'
