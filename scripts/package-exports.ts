import * as z from 'zod'

/** What an export leads to: a file, or one a condition. */
type Target = string | { [condition: string]: Target }
const Target: z.ZodType<Target> = z.lazy(() => z.union([z.string(), z.record(z.string(), Target)]))
const Manifest = z.object({ exports: z.record(z.string(), Target) })

/** A subpath as `exports` has it (`.`, `./data`), and the files that it leads to by their conditions: `node types` → `./dist/node.d.ts`. */
export type Export = { path: string; files: ReadonlyMap<string, string> }

/** The exports of a package that users have: those without types are there for the other workspaces alone. */
export const exportsForUsers = (manifest: unknown): Export[] =>
  exportsOf(manifest).filter(({ files }) =>
    [...files.keys()].some((conditions) => /\btypes$/.test(conditions)),
  )

/** All of them, and what each leads to. */
export const exportsOf = (manifest: unknown): Export[] =>
  Object.entries(Manifest.parse(manifest).exports).map(([path, target]) => ({
    path,
    files: new Map(filesOf(target)),
  }))

const filesOf = (target: Target, conditions: readonly string[] = []): [string, string][] =>
  typeof target === 'string'
    ? [[conditions.join(' '), target]]
    : Object.entries(target).flatMap(([condition, next]) => filesOf(next, [...conditions, condition]))
