/** How many bytes an envelope and its parts have. */

/** What a box of `Secretbox` is longer than its plaintext. */
export const SECRETBOX_OVERHEAD_BYTES = 16
/** Plaintext bytes of every frame but the last. */
export const FRAME_BYTES = 262_144
export const NONCE_PREFIX_BYTES = 19
/** version (1) ‖ ephemeral public key (32) ‖ nonce prefix (19) */
export const ENVELOPE_HEADER_BYTES = 1 + 32 + NONCE_PREFIX_BYTES
/** A sealed frame of full length. */
export const BOX_BYTES = FRAME_BYTES + SECRETBOX_OVERHEAD_BYTES

/** Frames of a plaintext of so many bytes: at least one, and none empty but that of an empty plaintext. */
export const frameCount = (plaintextBytes: number): number =>
  Math.max(1, Math.ceil(plaintextBytes / FRAME_BYTES))

/** The exact size of the envelope of a plaintext of so many bytes. */
export const sealedBytes = (plaintextBytes: number): number =>
  ENVELOPE_HEADER_BYTES + plaintextBytes + frameCount(plaintextBytes) * SECRETBOX_OVERHEAD_BYTES
