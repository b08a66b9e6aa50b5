import * as z from 'zod/mini'
import { problemText } from '../problem-text.ts'
import { Dtype, elementBytes } from './dtype.ts'
import { elementCount, MAX_TENSORS, TensorManifest, TensorName, type TensorSpec } from './manifest.ts'
import { TensorFormatError } from './tensor-format-error.ts'

/** A header of 4,096 tensors with long names fits; a lying one costs no more than this. */
export const DEFAULT_MAX_HEADER_BYTES = 1_048_576

/**
 * The tensors that a header describes, in the order of their data, checked against the `dataBytes` that follow it.
 * @throws TensorFormatError naming the first tensor at fault.
 */
export const parseHeader = (
  header: Uint8Array,
  dataBytes: number,
): { tensors: TensorManifest; metadata: Record<string, string> } => {
  const json = headerText(header)
  const members = headerMembers(json)
  const twice = duplicateKey(json)
  if (twice !== undefined)
    throw new TensorFormatError({
      code: 'duplicate-name',
      problem: `the header names ${JSON.stringify(twice)} twice`,
      remedy: 'Give every tensor its own name',
      tensor: twice,
    })
  const placed = members
    .filter(([name]) => name !== METADATA)
    .map(([name, description]) => placedTensor(name, description))
    .sort((a, b) => a.start - b.start)
  checkPlaces(placed, dataBytes)
  return {
    tensors: manifestOf(placed.map(({ start: _start, end: _end, ...tensor }) => tensor)),
    metadata: metadataOf(members.find(([name]) => name === METADATA)?.[1]),
  }
}

const METADATA = '__metadata__'

type Placed = TensorSpec & { start: number; end: number }

const Description = z.strictObject({
  dtype: z.string().check(z.maxLength(16)),
  shape: z.array(z.int().check(z.minimum(1))).check(z.maxLength(8)),
  data_offsets: z.tuple([z.int().check(z.minimum(0)), z.int().check(z.minimum(0))]),
})

const headerText = (header: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch (cause) {
    throw notJson('the header is not UTF-8', cause)
  }
}

const headerMembers = (json: string): [string, unknown][] => {
  const parsed = parseJson(json)
  if (!json.startsWith('{') || typeof parsed !== 'object' || parsed === null)
    throw notJson('the header does not begin with a JSON object')
  const members = Object.entries(parsed)
  if (members.length > MAX_TENSORS + 1)
    throw new TensorFormatError({
      code: 'bad-manifest',
      problem: `the header describes ${members.length} tensors where at most ${MAX_TENSORS} are allowed`,
      remedy: 'Merge small tensors',
    })
  return members
}

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw notJson('the header is not JSON', cause)
  }
}

const notJson = (problem: string, cause?: unknown) =>
  new TensorFormatError({
    code: 'header-not-json',
    problem,
    remedy: 'Check that this is a safetensors file that arrived whole',
    cause,
  })

/**
 * The first key that stands twice in one object of this valid JSON text, or `undefined`.
 * JSON.parse keeps the last of two silently; two readers that differ in which they keep would see two models.
 */
const duplicateKey = (json: string): string | undefined => {
  const open: Set<string>[] = []
  let latest = '""'
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (token !== ':') latest = token
    else {
      const key: string = JSON.parse(latest)
      if (open.at(-1)?.has(key)) return key
      open.at(-1)?.add(key)
    }
  }
  return undefined
}

const placedTensor = (name: string, description: unknown): Placed => {
  if (!TensorName.safeParse(name).success)
    throw badTensor(name, 'has a name that is not 1 to 256 printable characters')
  const parsed = Description.safeParse(description)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw badTensor(
      name,
      `is not described by dtype, shape and data_offsets (${issue?.path.join('.')}: ${issue?.message})`,
    )
  }
  const { shape, data_offsets } = parsed.data
  const dtype = Dtype.safeParse(parsed.data.dtype)
  if (!dtype.success)
    throw new TensorFormatError({
      code: 'unsupported-dtype',
      problem: `tensor ${name} has dtype ${JSON.stringify(parsed.data.dtype)}`,
      remedy: `Convert it to one of ${Dtype.options.join(', ')}`,
      tensor: name,
    })
  const [start, end] = data_offsets
  const expected = elementCount(shape) * elementBytes(dtype.data)
  if (end - start !== expected)
    throw new TensorFormatError({
      code: 'wrong-length',
      problem: `tensor ${name} of shape [${shape}] needs ${expected} bytes and its offsets span ${end - start}`,
      remedy: 'Save the file again; its header is not right',
      tensor: name,
    })
  return { name, shape, dtype: dtype.data, start, end }
}

const badTensor = (name: string, problem: string) =>
  new TensorFormatError({
    code: 'bad-tensor',
    problem: `tensor ${JSON.stringify(name.slice(0, 64))} ${problem}`,
    remedy: 'Save the file with a safetensors library; scalars and dimensions of at least 1 are supported',
    tensor: name,
  })

/** Sorted by start, each tensor begins where the one before it ended, and the last ends with the data. */
const checkPlaces = (placed: readonly Placed[], dataBytes: number): void => {
  let end = 0
  for (const tensor of placed) {
    if (tensor.start !== end)
      throw new TensorFormatError({
        code: 'bad-offsets',
        problem: `tensor ${tensor.name} begins at byte ${tensor.start} where ${end} is next: a ${tensor.start < end ? 'overlap' : 'hole'}`,
        remedy: 'Save the file again; its tensors must lie side by side',
        tensor: tensor.name,
      })
    end = tensor.end
    if (end > dataBytes)
      throw new TensorFormatError({
        code: 'truncated',
        problem: `tensor ${tensor.name} ends at byte ${end} of ${dataBytes}`,
        remedy: 'Send the whole file',
        tensor: tensor.name,
      })
  }
  if (end !== dataBytes)
    throw new TensorFormatError({
      code: 'wrong-length',
      problem: `${dataBytes - end} bytes follow the last tensor`,
      remedy: 'Send the file alone, with nothing after it',
    })
}

const manifestOf = (tensors: TensorSpec[]): TensorManifest => {
  const parsed = TensorManifest.safeParse(tensors)
  if (parsed.success) return parsed.data
  throw new TensorFormatError({
    code: 'bad-manifest',
    problem: `the header’s tensors are not a manifest: ${problemText(parsed.error)}`,
    remedy: 'Save at least one tensor, within the limits',
  })
}

const metadataOf = (notes: unknown): Record<string, string> => {
  if (notes === undefined) return {}
  const entries =
    typeof notes === 'object' && notes !== null && !Array.isArray(notes) ? Object.entries(notes) : undefined
  if (!entries?.every(([, value]) => typeof value === 'string'))
    throw new TensorFormatError({
      code: 'bad-metadata',
      problem: 'the header’s __metadata__ does not map text to text',
      remedy: 'Save metadata values as text',
    })
  return Object.fromEntries(entries)
}
