/** What is wrong with examples, gathered by column and told at once: where it is, and not what stands there. */
import { badExamples } from './dataset.ts'

export type Findings = {
  /** `at` is the number of the row or line. `cell`: what stands there, told where the app asked for it. */
  add(finding: { column: string; problem: string; remedy: string; at?: number; cell?: unknown }): void
  readonly none: boolean
  /** @throws TributaryError `bad-examples` where there is anything. */
  settle(): void
}

export type FindingsOptions = {
  /** What rows are counted as. */
  counted: 'row' | 'line' | 'example'
  /** Errors repeat what stands in a cell. They are likely to end in logs: for work on data that are nobody's. */
  showCells?: boolean | undefined
}

const MOST_TOLD = 8
const MOST_PLACES = 5
const LONGEST_CELL = 40

export const createFindings = ({ counted, showCells = false }: FindingsOptions): Findings => {
  const found = new Map<string, { problem: string; remedy: string; places: string[]; count: number }>()
  return {
    add({ column, problem, remedy, at, cell }) {
      const key = `column ${JSON.stringify(column)} ${problem}`
      const known = found.get(key)
      const entry = known ?? { problem: key, remedy, places: [], count: 0 }
      if (!known) found.set(key, entry)
      entry.count++
      if (at === undefined || entry.places.length >= MOST_PLACES) return
      const shown =
        showCells && cell !== undefined ? ` (${JSON.stringify(String(cell).slice(0, LONGEST_CELL))})` : ''
      entry.places.push(`${at}${shown}`)
    },
    get none() {
      return found.size === 0
    },
    settle() {
      const all = [...found.values()]
      if (all.length === 0) return
      const told = all.slice(0, MOST_TOLD).map(({ problem, places, count }) => {
        const more = count - places.length
        const rest = more > 0 && places.length > 0 ? ` and ${more} more` : ''
        const many = count > 1 || more > 0 ? `${counted}s` : counted
        return places.length === 0 ? problem : `${problem} (${many} ${places.join(', ')}${rest})`
      })
      const others = all.length > MOST_TOLD ? [`${all.length - MOST_TOLD} other problems`] : []
      const remedies = [...new Set(all.slice(0, MOST_TOLD).map(({ remedy }) => remedy))].slice(0, 3)
      throw badExamples([...told, ...others].join('; '), remedies.join('. '))
    },
  }
}
