import { isDeepStrictEqual } from 'node:util'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aTar, aZip } from './archive-fixture.ts'
import { DatasetError } from './dataset-error.ts'
import { readTar } from './tar.ts'
import { gunzipWithin } from './unpack.ts'
import { readZipMember } from './zip.ts'

const CONTENT = new TextEncoder().encode('to be, or not to be, '.repeat(40))
const read = (zip: Uint8Array, mostBytes = 10_000) =>
  readZipMember(zip, { name: 'plays.zip', member: 'hamlet.txt', mostBytes })

describe('gzip', () => {
  it('is decompressed up to a limit', () => {
    expect(new Uint8Array(gunzipWithin(gzipSync(CONTENT), 'a.gz', CONTENT.length))).toEqual(CONTENT)
  })

  it.each([
    ['that swells beyond its limit', gzipSync(new Uint8Array(1_000_000)), 'more than the 1000 bytes'],
    ['that is cut short', gzipSync(CONTENT).subarray(0, 30), 'cut short'],
    ['that is something else', CONTENT, 'another format'],
  ])('%s is refused with its name', (_, bytes, reason) => {
    const unpack = () => gunzipWithin(bytes, 'a.gz', 1_000)
    expect(unpack).toThrow(DatasetError)
    expect(unpack).toThrow(`a.gz cannot be decompressed: it`)
    expect(unpack).toThrow(reason)
  })
})

describe('a tar archive', () => {
  const tar = aTar({ 'texts/hamlet.xml': CONTENT, 'texts/empty.xml': new Uint8Array(0) })

  const sameFiles = (altered: Uint8Array): boolean => {
    try {
      return isDeepStrictEqual(readTar(altered, 'plays.tar'), readTar(tar, 'plays.tar'))
    } catch {
      return false
    }
  }

  it('gives its files by their path', () => {
    expect([...readTar(tar, 'plays.tar')]).toEqual([
      ['texts/hamlet.xml', CONTENT],
      ['texts/empty.xml', new Uint8Array(0)],
    ])
  })

  it('cut anywhere before its end is refused', () => {
    fc.assert(
      fc.property(fc.nat(tar.length - 1025), (length) => {
        expect(() => readTar(tar.subarray(0, length), 'plays.tar')).toThrow('plays.tar is truncated')
      }),
    )
  })

  it('with any byte of a header changed is refused, or has the same files', () => {
    fc.assert(
      fc.property(fc.nat(511), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const altered = tar.slice()
        altered[at] = (altered[at] ?? 0) ^ by
        // What stands behind the checksum's own digits is not summed, and says nothing.
        const isIdle = at >= 148 && at < 156 && sameFiles(altered)
        if (!isIdle) expect(() => readTar(altered, 'plays.tar')).toThrow(DatasetError)
      }),
    )
  })
})

describe('a zip archive', () => {
  it.each(['stored', 'deflated'] as const)('gives a member that is %s', (method) => {
    const zip = aZip({ 'readme.txt': { content: CONTENT }, 'hamlet.txt': { content: CONTENT, method } })
    expect(new Uint8Array(read(zip))).toEqual(CONTENT)
  })

  it.each([
    ['lacks the member', aZip({ 'lear.txt': { content: CONTENT } }), 'it has no "hamlet.txt"'],
    ['is no zip', CONTENT, 'it is cut short'],
    ['is empty', new Uint8Array(0), 'it is cut short'],
    [
      'lies about the content',
      aZip({ 'hamlet.txt': { content: CONTENT, crc: crc32(CONTENT) ^ 1 } }),
      'CRC-32 is wrong',
    ],
    [
      'lies about the size',
      aZip({ 'hamlet.txt': { content: CONTENT, method: 'deflated', size: 10 } }),
      'it holds more than',
    ],
    [
      'says that it is huge',
      aZip({ 'hamlet.txt': { content: CONTENT, size: 0xffff_ffff } }),
      'more than 10000',
    ],
  ])('that %s is refused with its name', (_, zip, reason) => {
    expect(() => read(zip)).toThrow(DatasetError)
    expect(() => read(zip)).toThrow('plays.zip cannot be unpacked')
    expect(() => read(zip)).toThrow(reason)
  })

  it('with any byte changed gives the same content or is refused', () => {
    const zip = aZip({ 'hamlet.txt': { content: CONTENT, method: 'deflated' } })
    expect(zip.length).toBeLessThan(deflateRawSync(CONTENT).length + 200)
    fc.assert(
      fc.property(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const altered = zip.slice()
        altered[at] = (altered[at] ?? 0) ^ by
        let content: Uint8Array
        try {
          content = read(altered)
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError)
          return
        }
        expect(new Uint8Array(content)).toEqual(CONTENT)
      }),
    )
  })
})
