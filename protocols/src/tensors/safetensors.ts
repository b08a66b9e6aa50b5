/**
 * The safetensors container (https://github.com/huggingface/safetensors, format section of its README):
 * 8 bytes little-endian header length, a JSON header padded with spaces to a multiple of 8, raw little-endian data.
 * One file holds one flat vector of one element type, cut into named tensors.
 */
import { type Dtype, dtypeOf, elementBytes, type Vector, type VectorOf, vectorOver } from './dtype.ts'
import { elementCount, TensorManifest, totalBytes, totalElements } from './manifest.ts'
import { DEFAULT_MAX_HEADER_BYTES, parseHeader } from './safetensors-header.ts'
import { TensorFormatError } from './tensor-format-error.ts'

export type TensorFile<D extends Dtype = 'F32'> = {
  tensors: TensorManifest
  /** All tensors' elements, row-major, in the order of `tensors`. */
  values: VectorOf[D]
  metadata: Record<string, string>
}

/**
 * The file of these tensors. The same input gives the same bytes, and where names are in ascending order they are
 * the bytes that Python's library writes. `values` has as many elements as the manifest and its element type.
 * @throws TensorFormatError when manifest, values and metadata do not fit each other.
 */
export const encodeSafetensors = (file: {
  tensors: TensorManifest
  values: Vector
  metadata?: Readonly<Record<string, string>>
}): Uint8Array => {
  const tensors = validManifest(file.tensors)
  checkValues(tensors, file.values)
  const header = headerBytes(tensors, file.metadata ?? {})
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + file.values.byteLength)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(header, LENGTH_BYTES)
  bytes.set(
    new Uint8Array(file.values.buffer, file.values.byteOffset, file.values.byteLength),
    LENGTH_BYTES + header.length,
  )
  return bytes
}

/** The exact size in bytes of the file that `encodeSafetensors` makes of these tensors. */
export const safetensorsBytes = (
  tensors: TensorManifest,
  metadata: Readonly<Record<string, string>> = {},
): number => LENGTH_BYTES + headerBytes(validManifest(tensors), metadata).length + totalBytes(tensors)

/**
 * Reads a file strictly: every byte belongs to exactly one tensor, and nothing is allocated on a header's word.
 * Tensors come in the order of their data, whatever the order of the header. `values` is a view of `bytes` where
 * alignment allows, so treat `bytes` as handed over.
 * @throws TensorFormatError that names the tensor at fault.
 */
export const decodeSafetensors = <D extends Dtype = 'F32'>(
  bytes: Uint8Array,
  { maxHeaderBytes = DEFAULT_MAX_HEADER_BYTES, dtype }: { maxHeaderBytes?: number; dtype?: D } = {},
): TensorFile<D> => {
  const headerLength = readHeaderLength(bytes, maxHeaderBytes)
  const dataStart = LENGTH_BYTES + headerLength
  const { tensors, metadata } = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), bytes.length - dataStart)
  // 'F32' is the default of D as well, which the compiler cannot connect to an absent option.
  const wanted = (dtype ?? 'F32') as D
  const other = tensors.find((tensor) => tensor.dtype !== wanted)
  if (other)
    throw new TensorFormatError({
      code: 'wrong-dtype',
      problem: `tensor ${other.name} is ${other.dtype} where ${wanted} is expected`,
      remedy: `Convert every tensor to ${wanted} before saving`,
      tensor: other.name,
    })
  return { tensors, values: vectorOver(wanted, bytes.subarray(dataStart)), metadata }
}

const LENGTH_BYTES = 8

const validManifest = (tensors: TensorManifest): TensorManifest => {
  const parsed = TensorManifest.safeParse(tensors)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path[0]
  const tensor = typeof at === 'number' ? tensors[at]?.name : undefined
  throw new TensorFormatError({
    code: 'bad-manifest',
    problem: `the manifest is not valid${tensor === undefined ? '' : ` at tensor ${tensor}`}: ${issue?.message}`,
    remedy: 'Give distinct printable names, dimensions of at least 1 and a supported dtype',
    ...(tensor === undefined ? {} : { tensor }),
  })
}

const checkValues = (tensors: TensorManifest, values: Vector): void => {
  const dtype = dtypeOf(values)
  const other = tensors.find((tensor) => tensor.dtype !== dtype)
  if (other)
    throw new TensorFormatError({
      code: 'wrong-dtype',
      problem: `tensor ${other.name} is ${other.dtype} but the values are ${dtype ?? values.constructor.name}`,
      remedy: 'Give the values in the typed array of the manifest’s dtype',
      tensor: other.name,
    })
  if (totalElements(tensors) !== values.length)
    throw new TensorFormatError({
      code: 'wrong-length',
      problem: `the manifest has ${totalElements(tensors)} elements and there are ${values.length} values`,
      remedy: 'Give one value for every element, in manifest order',
    })
}

/** Built by hand because JSON.stringify would move integer-like names (`"0"`) to the front of an object. */
const headerBytes = (tensors: TensorManifest, metadata: Readonly<Record<string, string>>): Uint8Array => {
  const notes = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  const members = notes.length === 0 ? [] : [`"__metadata__":{${notes.map(metadataMember).join(',')}}`]
  let end = 0
  for (const { name, dtype, shape } of tensors) {
    const start = end
    end += elementCount(shape) * elementBytes(dtype)
    members.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${start},${end}]}`,
    )
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`)
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20)
  padded.set(json)
  return padded
}

const metadataMember = ([key, value]: [string, string]): string => {
  if (typeof value !== 'string' || !key.isWellFormed() || !value.isWellFormed())
    throw new TensorFormatError({
      code: 'bad-metadata',
      problem: `metadata ${JSON.stringify(key)} is not text`,
      remedy: 'Metadata maps text to text',
    })
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`
}

const readHeaderLength = (bytes: Uint8Array, maxHeaderBytes: number): number => {
  if (bytes.length < LENGTH_BYTES)
    throw new TensorFormatError({
      code: 'truncated',
      problem: `${bytes.length} bytes are too few for a safetensors file`,
      remedy: 'Send the whole file',
    })
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length > BigInt(maxHeaderBytes))
    throw new TensorFormatError({
      code: 'header-too-long',
      problem: `the header claims ${length} bytes where at most ${maxHeaderBytes} are allowed`,
      remedy: 'Check that this is a safetensors file, or save it with less metadata',
    })
  if (length > BigInt(bytes.length - LENGTH_BYTES))
    throw new TensorFormatError({
      code: 'truncated',
      problem: `the header claims ${length} bytes and ${bytes.length - LENGTH_BYTES} follow`,
      remedy: 'Send the whole file',
    })
  if (length % 8n !== 0n)
    throw new TensorFormatError({
      code: 'header-unaligned',
      problem: `the header’s length ${length} is not a multiple of 8`,
      remedy: 'Pad the header with spaces, as safetensors 0.3 and later do',
    })
  return Number(length)
}
