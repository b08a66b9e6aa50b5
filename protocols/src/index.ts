export {
  ClientId,
  Digest,
  Instant,
  ModelVersion,
  numberOfRound,
  RoundId,
  roundId,
  TaskId,
  taskOfRound,
} from './ids.ts'
export { problemText } from './problem-text.ts'
export { unreachable } from './unreachable.ts'
export { negotiateVersion, PROTOCOL_VERSIONS, ProtocolVersion } from './version.ts'
