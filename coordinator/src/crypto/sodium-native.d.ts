/** The part of sodium-native that is used here; the package ships no types. */
declare module 'sodium-native' {
  const sodium: {
    crypto_secretbox_MACBYTES: number
    crypto_secretbox_easy(box: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array): void
    crypto_secretbox_open_easy(
      message: Uint8Array,
      box: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array,
    ): boolean
    crypto_scalarmult_base(publicKey: Uint8Array, secretKey: Uint8Array): void
    /** Throws where the secret would be all zeros. */
    crypto_scalarmult(secret: Uint8Array, secretKey: Uint8Array, peerPublicKey: Uint8Array): void
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
  }
  export default sodium
}
