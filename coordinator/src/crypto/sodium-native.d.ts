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
  }
  export default sodium
}
