import { crc32, deflateRawSync } from 'node:zlib'

/** Builds a tar archive for tests: regular files in ustar form, then two blocks of zeros. */
export const aTar = (files: Readonly<Record<string, Uint8Array>>): Uint8Array => {
  const blocks = Object.entries(files).flatMap(([path, content]) => [
    header(path, content.length),
    content,
    new Uint8Array((512 - (content.length % 512)) % 512),
  ])
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)]))
}

const header = (path: string, size: number): Uint8Array => {
  const block = Buffer.alloc(512)
  block.write(path, 0, 100)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

export type ZipEntry = {
  content: Uint8Array
  method?: 'stored' | 'deflated'
  /** What its directory claims, where that is a lie. */
  crc?: number
  size?: number
}

/** Builds a zip archive for tests. */
export const aZip = (files: Readonly<Record<string, ZipEntry>>): Uint8Array => {
  const locals: Uint8Array[] = []
  const entries: Uint8Array[] = []
  let at = 0
  for (const [path, { content, method = 'stored', ...claims }] of Object.entries(files)) {
    const name = Buffer.from(path)
    const packed = method === 'stored' ? content : deflateRawSync(content)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    locals.push(local, name, packed)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method === 'stored' ? 0 : 8, 10)
    entry.writeUInt32LE((claims.crc ?? crc32(content)) >>> 0, 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(claims.size ?? content.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(at, 42)
    entries.push(entry, name)
    at += 30 + name.length + packed.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return new Uint8Array(Buffer.concat([...locals, directory, end]))
}
