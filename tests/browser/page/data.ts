/** Sources that browsers alone have: their database and their decoders of images, on the page and in a worker's canvas. */
import { fromCsv, fromImages, fromIndexedDb } from '@tributary/client-sdk/data'
import type { Signature } from '@tributary/protocols/task'

const signature: Signature = {
  features: [
    { name: 'x', kind: 'number' },
    { name: 'word', kind: 'category', categories: ['left', 'right'] },
  ],
  labels: { name: 'y', kind: 'classes', classes: ['no', 'yes'] },
}

type Read =
  | { batches: number[]; first: number[]; targets: number[]; keys: string[] }
  | { code: string; message: string }

const read = async (dataset: ReturnType<typeof fromCsv>): Promise<Read> => {
  try {
    const [batches, targets, keys]: [number[], number[], string[]] = [[], [], []]
    let first: number[] | undefined
    for await (const batch of dataset) {
      batches.push(batch.rows)
      first ??= [...batch.inputs.subarray(0, batch.inputs.length / batch.rows)]
      targets.push(...batch.targets)
      keys.push(...(batch.keys ?? []))
    }
    return { batches, first: first ?? [], targets, keys }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { code: String(error.code), message: error.message }
    throw error
  }
}

/** Makes the app's own database with these records under the keys 1, 2, 3, … */
const fill = (name: string, records: readonly unknown[]) =>
  new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open(name, 3)
    opening.onupgradeneeded = () => {
      const store = opening.result.createObjectStore('rows', { autoIncrement: true })
      for (const record of records) store.add(record)
    }
    opening.onsuccess = () => {
      opening.result.close()
      resolve()
    }
    opening.onerror = () => reject(opening.error)
  })

const row = (i: number) => ({ x: i, word: i % 2 ? 'right' : 'left', y: i % 3 ? 'no' : 'yes' })

const painted = async (type: string): Promise<Blob> => {
  const canvas = new OffscreenCanvas(8, 4)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser has no canvas')
  context.fillStyle = '#ff0000'
  context.fillRect(0, 0, 4, 4)
  context.fillStyle = '#ffffff'
  context.fillRect(4, 0, 4, 4)
  return canvas.convertToBlob({ type, quality: 1 })
}

const data = {
  async database(count: number) {
    await fill(
      'app',
      Array.from({ length: count }, (_, i) => row(i)),
    )
    return read(fromIndexedDb(signature, { database: 'app', store: 'rows' }))
  },
  /** Records are added while an iteration is under way. */
  async growing(count: number) {
    await fill(
      'growing',
      Array.from({ length: count }, (_, i) => row(i)),
    )
    const dataset = fromIndexedDb(signature, { database: 'growing', store: 'rows' })
    let rows = 0
    for await (const batch of dataset) {
      rows += batch.rows
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('growing')
        opening.onsuccess = () => {
          const adding = opening.result.transaction('rows', 'readwrite')
          for (let i = 0; i < 100; i++) adding.objectStore('rows').add(row(i))
          adding.oncomplete = () => {
            opening.result.close()
            resolve()
          }
        }
        opening.onerror = () => reject(opening.error)
      })
    }
    const again = await read(dataset)
    return { rows, later: 'batches' in again ? again.targets.length : again }
  },
  async otherRecords() {
    await fill('others', [row(1), 'a text', null, { x: 'secret', word: 'left', y: 'no' }])
    const source = { database: 'others', store: 'rows' }
    const isRow = (value: unknown): value is ReturnType<typeof row> =>
      typeof value === 'object' && value !== null
    return [
      await read(fromIndexedDb(signature, source)),
      await read(fromIndexedDb(signature, { ...source, row: (value) => (isRow(value) ? value : undefined) })),
      await read(fromIndexedDb(signature, { ...source, store: 'nothing' })),
      await read(fromIndexedDb(signature, { ...source, database: 'nobody’s' })),
      (await indexedDB.databases()).map(({ name }) => name),
    ] as const
  },
  /** The same picture by every way in: left half red, right half white. */
  async images() {
    const blobs = await Promise.all(['image/png', 'image/jpeg', 'image/webp'].map(painted))
    const [png = new Blob()] = blobs
    const bitmap = await createImageBitmap(png)
    const sources = [...blobs, bitmap]
    const values: number[][] = []
    for (const image of sources) {
      const one = await read(fromImages([{ image, label: 1 }], { shape: [1, 2, 3] }))
      values.push('first' in one ? one.first : [])
    }
    const grey = await read(fromImages([{ image: bitmap, label: 1 }], { shape: [2, 2, 1] }))
    return { values, grey: 'first' in grey ? grey.first : [] }
  },
  async badImages() {
    const png = new Uint8Array(await (await painted('image/png')).arrayBuffer())
    const huge = png.slice()
    new DataView(huge.buffer).setUint32(16, 50_000)
    new DataView(huge.buffer).setUint32(20, 50_000)
    const files = [
      huge,
      png.slice(0, 40),
      new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ]
    return Promise.all(
      files.map((bytes) => read(fromImages([{ image: new Blob([bytes]), label: 0 }], { shape: [2, 2, 1] }))),
    )
  },
  csv: (text: string) => read(fromCsv(new Blob([text]), signature)),
}

export type InPage = typeof globalThis & { data: typeof data }

Object.assign(globalThis, { data })
