import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PLAN, smallScenario } from '../scenarios/scenario.builders.ts'
import { simulate } from './simulate.ts'

/** A scenario of some seconds that needs no data. */
export const SMALL = smallScenario({
  partition: { kind: 'iid', clients: 6 },
  model: { kind: 'dense', hidden: [8] },
  plan: { ...PLAN, batchSize: 50 },
  cohort: { target: 3, quorum: 3, overSelection: 1 },
  rounds: 5,
  checkpointEvery: 2,
  baselines: { epochs: 1 },
})

export type Place = {
  folder: string
  /** Writes a scenario; gives its path. */
  scenario(changes?: object): Promise<string>
  remove(): Promise<void>
}

export const aPlace = async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-simulate-'))
  let written = 0
  return {
    folder,
    async scenario(changes = {}) {
      const path = join(folder, `scenario-${++written}.json`)
      await writeFile(path, JSON.stringify({ ...SMALL, ...changes }))
      return path
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The command in this process: its exit code and what it wrote. `until` is shown every text; once it is true the run is told to end. */
export const command = async (
  args: readonly string[],
  { until = () => false, isTTY = false }: { until?: (text: string) => boolean; isTTY?: boolean } = {},
): Promise<{ code: number; out: string; err: string }> => {
  const stopping = new AbortController()
  let [out, err] = ['', '']
  const code = await simulate(args, {
    stdout: {
      isTTY,
      columns: 160,
      write(text) {
        out += text
        if (until(text)) stopping.abort()
      },
    },
    stderr: {
      write(text) {
        err += text
      },
    },
    signal: stopping.signal,
  })
  return { code, out, err }
}

/** What a results folder says, file by file, without how long anything really took; pages and the folder's own name are left out. */
export const lastingFiles = async (folder: string): Promise<Record<string, string>> => {
  const names = await readdir(folder, { recursive: true })
  const files = names.filter((name) => /\.(json|jsonl|csv|safetensors)$/.test(name)).sort()
  return Object.fromEntries(
    await Promise.all(
      files.map(async (name): Promise<[string, string]> => {
        const bytes = await readFile(join(folder, name))
        if (name.endsWith('.safetensors')) return [name, bytes.toString('base64')]
        const text = bytes.toString('utf8').replaceAll(folder, '')
        return [name, name.endsWith('.csv') ? withoutSeconds(text) : text.replaceAll(TIMES, '"$1":0')]
      }),
    ),
  )
}

const TIMES = /"(seconds|clientsPerSecond|peakMemoryMb)": ?[0-9.e-]+/g

const withoutSeconds = (csv: string): string => {
  const rows = csv.split('\r\n').map((row) => row.split(','))
  const column = rows[0]?.indexOf('seconds') ?? -1
  return rows.map((row) => row.filter((_, at) => at !== column).join(',')).join('\n')
}
