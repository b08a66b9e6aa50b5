/** How long the parts of a share bundle are; what they hold: `bundle.ts`. */
export const NONCE_BYTES = 24
export const PLAIN_BYTES = 65
const TAG_BYTES = 16
/** Nonce, tag and the three fields: every bundle is exactly so long. */
export const BUNDLE_BYTES = NONCE_BYTES + PLAIN_BYTES + TAG_BYTES
