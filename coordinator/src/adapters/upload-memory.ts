/**
 * The memory that uploads share while they come in and are checked. Buffers are used again: fresh ones of this size
 * cost more in page faults than the bytes cost to copy.
 */
export type UploadMemory = {
  /**
   * At least `bytes` bytes, of any content. Waits a while for others to give theirs back; `undefined` where none came
   * free or it is more than one upload may have, so that a few slow or large ones never stop the rest.
   */
  lease(bytes: number): Promise<Lease | undefined>
  /** Bytes leased now, and bytes in buffers kept for the next. */
  taken(): { leased: number; spare: number }
}

export type Lease = {
  buffer: Uint8Array
  /** Gives it back; harmless twice. The buffer must not be touched after. */
  release(): void
}

export type UploadMemoryOptions = {
  /** All leases and the buffers kept for the next ones together. */
  mostBytes: number
  /** How long a lease waits for others to end. */
  patienceMs: number
}

/** One upload may have this share of it all. */
const SHARE = 1 / 8
/** While nobody needs them, buffers of this share of it all are kept. */
const KEPT = 1 / 4
/** Sizes are rounded up to this, so that buffers of one task's updates fit each other. */
const STEP_BYTES = 64 * 1_024

type Waiting = { capacity: number; settle(lease: Lease | undefined): void }

export const createUploadMemory = ({ mostBytes, patienceMs }: UploadMemoryOptions): UploadMemory => {
  let leased = 0
  let kept = 0
  const spare: Uint8Array[] = []
  const waiting: Waiting[] = []

  const leaseOf = (capacity: number): Lease => {
    const buffer = takeSpare(capacity) ?? fresh(capacity)
    leased += capacity
    let open = true
    return {
      buffer,
      release() {
        if (!open) return
        open = false
        leased -= capacity
        spare.push(buffer)
        kept += capacity
        serveWaiting()
        shrinkTo(mostBytes * KEPT)
      },
    }
  }
  const takeSpare = (capacity: number): Uint8Array | undefined => {
    const index = spare.findLastIndex((buffer) => buffer.length === capacity)
    if (index < 0) return undefined
    kept -= capacity
    return spare.splice(index, 1)[0]
  }
  const fresh = (capacity: number): Uint8Array => {
    shrinkTo(mostBytes - leased - capacity)
    return new Uint8Array(capacity)
  }
  const shrinkTo = (bytes: number) => {
    while (kept > bytes) kept -= spare.shift()?.length ?? kept
  }
  const fits = (capacity: number) => leased + capacity <= mostBytes
  const serveWaiting = () => {
    for (let next = waiting[0]; next && fits(next.capacity); next = waiting[0]) {
      waiting.shift()
      next.settle(leaseOf(next.capacity))
    }
  }

  return {
    taken: () => ({ leased, spare: kept }),
    async lease(bytes) {
      if (bytes > mostBytes * SHARE) return undefined
      const capacity = Math.ceil(bytes / STEP_BYTES) * STEP_BYTES
      if (waiting.length === 0 && fits(capacity)) return leaseOf(capacity)
      return new Promise((resolve) => {
        const mine: Waiting = {
          capacity,
          settle(lease) {
            clearTimeout(timer)
            resolve(lease)
          },
        }
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(mine), 1)
          resolve(undefined)
          serveWaiting()
        }, patienceMs)
        waiting.push(mine)
      })
    },
  }
}
