export { openUpdate, type SealedUpdate, sealUpdate } from './seal.ts'
export {
  Claims,
  decodeSubmission,
  encodeSubmission,
  MAX_SUBMISSION_CHARACTERS,
  MaskedClaims,
  MetricName,
  SUBMISSION_HEADER,
  Submission,
  SubmissionFormatError,
  signSubmission,
  submissionDigest,
  type UnsignedSubmission,
  verifySubmission,
} from './submission.ts'
