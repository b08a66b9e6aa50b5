export { completeShares, splitSecret } from '../crypto/shamir.ts'
export { Advertisement } from './advertisement.ts'
export { type BundleAddress, openBundle, type SharePair, sealBundle } from './bundle.ts'
export { beginClient } from './client/begin.ts'
export type { ClientEffect, ClientEvent, ClientMeans, ClientState, ClientStep } from './client/states.ts'
export { clientTransition } from './client/transition.ts'
export { COMPILED_FLOORS, type Expectation, type Floors, objectionTo, raiseFloors } from './floors.ts'
export { createGraph, type Graph } from './graph.ts'
export {
  type Adversary,
  completeGraph,
  type GraphConditions,
  type GraphParameters,
  graphParameters,
  sparseGraph,
} from './graph-parameters.ts'
export { impliedShares } from './implied-shares.ts'
export { channelKey, pairMaskKey, seedCommitment, selfMaskKey, shareDigest } from './keys.ts'
export { Audience, MAX_COHORT, Manifest, manifestDigest, PrivacyPromise } from './manifest.ts'
export { addMasks, type MaskItem, maskVector, pairSign } from './mask-items.ts'
export { MaskedMessage } from './masked-message.ts'
export {
  AdvertiseMessage,
  BundlesMessage,
  ClientRefusal,
  ClientSecaggMessage,
  ConfirmationsMessage,
  ConfirmMessage,
  CoordinatorSecaggMessage,
  ManifestMessage,
  RefuseMessage,
  RosterMessage,
  ShareMessage,
  SurvivorsMessage,
  UnmaskMessage,
} from './messages.ts'
export { packedBytes } from './packed-bytes.ts'
export { packWords, unpackWords } from './packing.ts'
export {
  dequantizeSum,
  type QuantizedVector,
  quantizeVector,
  type SumRefusal,
  type VectorSum,
} from './quantize-vector.ts'
export { beginServer } from './server/advertising.ts'
export { messageFor, resumeServer } from './server/message-for.ts'
export { maskOfJob, type Recovery, recoverMasks, type UnmaskJob } from './server/recover-masks.ts'
export { createRows, Row, type Rows, rowsOfGroup, rowsOver, SessionRecord } from './server/rows.ts'
export {
  type Decision,
  DropReason,
  OpenSession,
  SecaggAbandonReason,
  type ServerEffect,
  type ServerEvent,
  type ServerMeans,
  ServerState,
  Summing,
} from './server/states.ts'
export { createMaskedSum, isMaskedVector, type MaskedSum } from './server/sum.ts'
export { serverTransition } from './server/transition.ts'
export {
  advertisementDigest,
  graphSeedOf,
  rosterLeaf,
  type SessionTerms,
  seedPartCommitment,
  sessionIdOf,
} from './session.ts'
export { survivorsStatement } from './statements.ts'
export {
  largestLevel,
  maskedBytes,
  Segment,
  segmentSpans,
  VectorLayout,
  vectorLength,
  weightScale,
} from './vector-layout.ts'
