export { clipAfter, type Following, followingOf } from './following.ts'
export { DELTA_SEGMENT, isManifestOf, manifestOfRound, metricSegment, noisePlanOf } from './round-manifest.ts'
export { noiseOfRound, promisedPrivacyOf, survivorsOf } from './round-noise.ts'
export { type SecureMean, secureMean, secureVector } from './secure-vector.ts'
