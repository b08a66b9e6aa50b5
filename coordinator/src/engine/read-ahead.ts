import type { Blobs } from '../ports/blobs.ts'
import type { Receipt } from '../round/member.ts'

/** Sealed updates read from storage ahead of the one being folded. */
const READ_AHEAD = 4

/** These members' envelopes in their order, or `undefined` for one that is gone. */
export async function* readAhead<Of extends { receipt: Pick<Receipt, 'envelope'> }>(
  updates: Blobs,
  members: readonly Of[],
): AsyncGenerator<[Of, Uint8Array | undefined]> {
  const reading: Promise<Uint8Array | undefined>[] = []
  const readNext = (index: number) => {
    const member = members[index]
    if (!member) return
    const read = updates.read(member.receipt.envelope)
    read.catch(() => {}) // awaited below; if the fold ends before, its fault is nobody's
    reading.push(read)
  }
  for (let i = 0; i < READ_AHEAD; i++) readNext(i)
  for (const [i, member] of members.entries()) {
    const envelope = await reading.shift()
    readNext(i + READ_AHEAD)
    yield [member, envelope]
  }
}
