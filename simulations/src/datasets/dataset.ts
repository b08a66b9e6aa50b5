/**
 * Rows to learn from, in one shape whatever they are of. Every array lies in shared memory, so that posting a
 * `Dataset` to a worker thread copies nothing; nobody writes to it after it is loaded.
 */
export type Dataset = {
  readonly name: string
  readonly title: string
  /** SPDX where there is one, else in words. */
  readonly licence: string
  /** SHA-256 (hex) over the sums of the files it was read from, or over what generated it. */
  readonly checksum: string
  readonly task: Task
  /** Of one row: `[28, 28]`, `[108]`. */
  readonly inputShape: readonly number[]
  readonly train: Rows
  readonly test: Rows
}

export type Task =
  | { readonly kind: 'classification'; readonly classes: readonly string[] }
  | { readonly kind: 'regression'; readonly unit: string }

export type Rows = {
  readonly count: number
  readonly features: Features
  /** A class's index, or the number to be predicted. */
  readonly targets: Uint8Array | Float32Array
  /** Whose each row is, where the set has clients of its own: writers, roles, hospitals, people. */
  readonly groups: Category | undefined
  /** What else is known of a row: demographic columns to judge fairness by, numbers to partition by. */
  readonly columns: Readonly<Record<string, Column>>
}

/** Row-major but for `windows`, where row r is the `width` values that begin at `starts[r]`, and rows overlap. */
export type Features =
  | { readonly kind: 'float32'; readonly width: number; readonly values: Float32Array }
  /** A value is `values[i] × scale`. */
  | { readonly kind: 'uint8'; readonly width: number; readonly values: Uint8Array; readonly scale: number }
  /** Values are ids of a vocabulary of `ids`. */
  | {
      readonly kind: 'windows'
      readonly width: number
      readonly values: Uint8Array
      readonly starts: Uint32Array
      readonly ids: number
    }

/** `of[row]` is an index into `names`. */
export type Category = { readonly names: readonly string[]; readonly of: Uint16Array }

export type Column =
  | ({ readonly kind: 'category' } & Category)
  | { readonly kind: 'number'; readonly values: Float32Array }

/** Writes one row's values into `into` from `at`, as the floats that a model takes. */
export const copyRow = (features: Features, row: number, into: Float32Array, at = 0): void => {
  const { width, values } = features
  const start = features.kind === 'windows' ? (features.starts[row] ?? 0) : row * width
  const scale = features.kind === 'uint8' ? features.scale : 1
  for (let i = 0; i < width; i++) into[at + i] = (values[start + i] ?? 0) * scale
}

/** Names in the order of the alphabet, or in the one given, and which of them each row has. */
export const categoryOf = (
  values: readonly string[],
  names: readonly string[] = [...new Set(values)].sort(),
): Category => {
  const indexOf = new Map(names.map((name, index) => [name, index]))
  const of = sharedUint16(values.length)
  for (const [row, value] of values.entries()) {
    const index = indexOf.get(value)
    if (index === undefined) throw new RangeError(`row ${row}: ${JSON.stringify(value)} is not a known name`)
    of[row] = index
  }
  return { names, of }
}

export const categoryColumn = (values: readonly string[], names?: readonly string[]): Column => ({
  kind: 'category',
  ...categoryOf(values, names),
})

export const numberColumn = (values: ArrayLike<number>): Column => ({
  kind: 'number',
  values: inSharedFloat32(values),
})

export const sharedUint8 = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))
export const sharedUint16 = (length: number): Uint16Array =>
  new Uint16Array(new SharedArrayBuffer(2 * length))
export const sharedUint32 = (length: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(4 * length))
export const sharedFloat32 = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(4 * length))

export const inSharedUint8 = (values: ArrayLike<number>): Uint8Array => {
  const shared = sharedUint8(values.length)
  shared.set(values)
  return shared
}

export const inSharedFloat32 = (values: ArrayLike<number>): Float32Array => {
  const shared = sharedFloat32(values.length)
  shared.set(values)
  return shared
}
