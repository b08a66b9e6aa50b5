import { digestOf } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import { memoryBlobs } from '../adapters/memory/memory-blobs.ts'
import { takeInFile } from './take-in-file.ts'

const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => i % 251)
const digest = digestOf(bytes)

/** The bytes in pieces; `given` tells how many were asked for. */
const aBody = () => {
  const given = { bytes: 0 }
  const body = (async function* () {
    for (let at = 0; at < bytes.length; at += 100) {
      given.bytes += 100
      yield bytes.subarray(at, at + 100)
    }
  })()
  return { body, given }
}

test('[T18] a file is kept under the digest that was named, and again just the same', async () => {
  const blobs = memoryBlobs()
  for (let time = 0; time < 2; time++) {
    const taken = await takeInFile(blobs, {
      digest,
      announcedBytes: 1_000,
      body: aBody().body,
      maxBytes: 1_000,
    })
    expect(taken).toEqual({ digest, bytes: 1_000 })
  }
  expect(await blobs.read(digest)).toEqual(bytes)
})

test('[T18] a file of another digest is not kept, under neither', async () => {
  const blobs = memoryBlobs()
  const named = digestOf(Uint8Array.of(1))
  const taken = await takeInFile(blobs, {
    digest: named,
    announcedBytes: undefined,
    body: aBody().body,
    maxBytes: 2_000,
  })
  expect(taken).toMatchObject({ refused: 'wrong-digest', about: { received: digest, named } })
  expect([await blobs.read(digest), await blobs.read(named)]).toEqual([undefined, undefined])
})

test('[T18] a file that is too large is refused before it is read, or at the first byte beyond', async () => {
  const blobs = memoryBlobs()
  const [told, untold] = [aBody(), aBody()]
  const asked = { digest, maxBytes: 450 }
  expect(await takeInFile(blobs, { ...asked, announcedBytes: 1_000, body: told.body })).toMatchObject({
    refused: 'too-large',
    about: { maxBytes: 450 },
  })
  expect(told.given.bytes).toBe(0)
  expect(await takeInFile(blobs, { ...asked, announcedBytes: undefined, body: untold.body })).toMatchObject({
    refused: 'too-large',
  })
  expect(untold.given.bytes).toBe(500)
  expect(await blobs.read(digest)).toBeUndefined()
})
