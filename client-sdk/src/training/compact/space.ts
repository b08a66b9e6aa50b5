import { unsupported } from './sequential-spec.ts'
import type { TrainingKernels } from './training-module.ts'

/** Memory of one model, laid out once: nothing is given back, and a model of other sizes is laid out anew. */
export type Space = {
  /** Address of a block of zeros, with room for sixteen values behind the last. */
  block(values: number): number
  /** Address of a block that holds these whole numbers. */
  words(values: readonly number[]): number
  /** One block for everything that no kernel leaves behind. Its address is known once all have said what they need. */
  scratch: { reserve(values: number): void; address: number }
}

const ALIGNMENT = 64
const PAGE_BYTES = 65_536

export const createSpace = ({ memory, heapBase, clear }: TrainingKernels): Space & { close(): void } => {
  let end = roundUp(heapBase())
  let scratchValues = 0
  const block = (values: number): number => {
    const address = end
    end += roundUp(values * 4) + ALIGNMENT
    const missing = end - memory.buffer.byteLength
    if (missing > 0) grow(memory, missing)
    clear(address, end - address)
    return address
  }
  const scratch = {
    address: 0,
    reserve(values: number) {
      scratchValues = Math.max(scratchValues, values)
    },
  }
  return {
    block,
    words(values) {
      const address = block(values.length)
      new Int32Array(memory.buffer, address, values.length).set(values)
      return address
    },
    scratch,
    close() {
      scratch.address = block(scratchValues)
    },
  }
}

const grow = (memory: WebAssembly.Memory, bytes: number): void => {
  try {
    memory.grow(Math.ceil(bytes / PAGE_BYTES))
  } catch (cause) {
    const error = unsupported('it takes more memory than WebAssembly has, with batches of this size')
    error.cause = cause
    throw error
  }
}

const roundUp = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
