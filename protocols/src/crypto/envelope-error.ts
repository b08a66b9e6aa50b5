export type EnvelopeRefusal =
  /** The first byte names a version that this build does not know. */
  | 'version'
  /** Bytes are missing at the end. */
  | 'truncated'
  /** Bytes follow the last frame. */
  | 'trailing-bytes'
  /** The ephemeral key in the header is of low order. */
  | 'low-order-key'
  /** Changed on the way, or sealed to another key, task, round, client or model. */
  | 'not-authentic'

/** An envelope that does not open. Says nothing of keys or contents. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError'
  readonly reason: EnvelopeRefusal

  constructor(reason: EnvelopeRefusal) {
    super(messages[reason])
    this.reason = reason
  }
}

const messages: Record<EnvelopeRefusal, string> = {
  version: 'the envelope’s version is not known here. Seal with envelope version 1.',
  truncated: 'the envelope ends early. Send the whole envelope.',
  'trailing-bytes': 'bytes follow the envelope’s last frame. Send the envelope alone.',
  'low-order-key': 'the envelope’s ephemeral key is of low order. Seal with a new key pair.',
  'not-authentic':
    'the envelope does not open. Seal the update to this round’s key, for this task, round, client and model.',
}
