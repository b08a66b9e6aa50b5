/** Text in pieces, from wherever it comes. */

/** Text, a file, or what gives its text or its bytes (UTF-8) from the beginning: a function, so that it can be read again. */
export type TextSource = string | Blob | (() => TextStream | Promise<TextStream>)

type Piece = string | Uint8Array
type TextStream = AsyncIterable<Piece> | Iterable<Piece> | ReadableStream<Piece>

/** UTF-16 units in a piece at most. */
const PIECE = 65_536

/** The text in turn, without a byte order mark. @throws TypeError for bytes that are not UTF-8. */
export async function* textPieces(source: TextSource): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let first = true
  for await (const piece of piecesOf(source)) {
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    for (let at = 0; at < text.length; at += PIECE) {
      const some = text.slice(at, at + PIECE)
      yield first && some.startsWith('\ufeff') ? some.slice(1) : some
      first = false
    }
  }
  decoder.decode() // which throws where the last character is cut off
}

async function* piecesOf(source: TextSource): AsyncGenerator<Piece, void> {
  if (typeof source === 'string') return yield source
  const stream = typeof source === 'function' ? await source() : source.stream()
  if ('getReader' in stream) yield* readerOf(stream)
  else yield* stream
}

/** Not every browser iterates over streams. */
async function* readerOf(stream: ReadableStream<Piece>): AsyncGenerator<Piece, void> {
  const reader = stream.getReader()
  try {
    for (let item = await reader.read(); !item.done; item = await reader.read()) yield item.value
  } finally {
    await reader.cancel()
  }
}
