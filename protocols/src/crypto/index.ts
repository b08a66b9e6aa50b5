export {
  answerChallenge,
  type Challenge,
  challengeDigest,
  createChallenge,
  verifyChallenge,
} from './challenge.ts'
export {
  type ConformanceCase,
  type Ed25519Implementation,
  ed25519Cases,
  hkdfCases,
  secretboxCases,
  sha256Cases,
  x25519Cases,
} from './conformance.ts'
export { equalSecrets } from './constant-time.ts'
export {
  type CreateSigner,
  type Signer,
  tweetnaclSigner,
  tweetnaclVerify,
  type VerifySignature,
  verify,
} from './ed25519.ts'
export {
  decodeKeyText,
  EncodedNonce,
  EncodedPublicKey,
  EncodedSignature,
  encodeNonce,
  encodePublicKey,
  encodeSignature,
} from './encoded.ts'
export { concatBytes, EncodingError, fromBase64url, fromHex, toBase64url, toHex, toUtf8 } from './encoding.ts'
export { enrolmentDigest, enrolmentTokenHash, proveEnrolment, verifyEnrolment } from './enrolment.ts'
export {
  createOpener,
  type EnvelopePrimitives,
  type Opener,
  open,
  seal,
} from './envelope.ts'
export { EnvelopeError, type EnvelopeRefusal } from './envelope-error.ts'
export { ENVELOPE_VERSION, type EnvelopeContext } from './envelope-format.ts'
export {
  ENVELOPE_HEADER_BYTES,
  FRAME_BYTES,
  NONCE_PREFIX_BYTES,
  SECRETBOX_OVERHEAD_BYTES,
  sealedBytes,
} from './envelope-sizes.ts'
export { clientIdOf, createIdentity, type Identity, identityFromSeed } from './identity.ts'
export {
  createKeyPair,
  deriveKey,
  type Hkdf,
  type KeyPair,
  keyPairFromSecret,
  LowOrderKeyError,
  sharedSecret,
  tweetnaclX25519,
  type X25519,
} from './key-agreement.ts'
export { type Secretbox, tweetnaclSecretbox } from './secretbox.ts'
export { type ModelStatement, modelDigest, signModel, verifyModel } from './signed-model.ts'
export {
  lengthPrefixed,
  numberPart,
  type Part,
  type Sha256,
  signingBytes,
  signingDigest,
} from './signing-bytes.ts'
export { stateWithdrawal, verifyWithdrawal, withdrawalDigest } from './withdrawal.ts'
