/** Why bytes or values are not the tensors they claim to be. */
export type TensorFormatCode =
  | 'truncated'
  | 'header-too-long'
  | 'header-unaligned'
  | 'header-not-json'
  | 'duplicate-name'
  | 'bad-metadata'
  | 'bad-tensor'
  | 'unsupported-dtype'
  | 'wrong-dtype'
  | 'wrong-length'
  | 'bad-offsets'
  | 'bad-manifest'

/** Tensors that cannot be written or read. `code` is for programs, `remedy` says what to do about it. */
export class TensorFormatError extends Error {
  override readonly name = 'TensorFormatError'
  readonly code: TensorFormatCode
  readonly remedy: string
  /** The first tensor at fault, where one is. */
  readonly tensor: string | undefined

  constructor(fault: {
    code: TensorFormatCode
    problem: string
    remedy: string
    tensor?: string
    cause?: unknown
  }) {
    super(
      `${fault.problem}. ${fault.remedy}.`,
      fault.cause === undefined ? undefined : { cause: fault.cause },
    )
    this.code = fault.code
    this.remedy = fault.remedy
    this.tensor = fault.tensor
  }
}
