/** Bytes that are not what a stage of compression makes. They come from clients, so every one of them is looked at. */
export class CompressionFormatError extends Error {
  override readonly name = 'CompressionFormatError'
}
