import { instantiateModule } from '../instantiate-module.ts'
import { rowsBase64 } from './rows.generated.ts'

/** What rows/assembly/index.ts exports. Addresses are bytes, lengths count values; see there. */
export type RowsExports = {
  memory: WebAssembly.Memory
  heapBase(): number
  meanOfRanks(
    tile: number,
    rows: number,
    stride: number,
    columns: number,
    network: number,
    networkEnd: number,
    first: number,
    last: number,
    work: number,
    out: number,
  ): void
  gramTile(tile: number, rows: number, stride: number, columns: number, out: number): void
}

export async function instantiateRows(): Promise<RowsExports | undefined> {
  // The bytes are our own compile, held equal to the assembly sources by a test.
  return (await instantiateModule(rowsBase64)) as RowsExports | undefined
}
