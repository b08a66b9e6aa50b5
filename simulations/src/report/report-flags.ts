import { parseArgs } from 'node:util'

export const REPORT_USAGE = `npm run report -- FOLDER [FOLDER ...] [flags]

  One results folder: writes its report. Several: compares them in one page. The pages stand alone, and run no script.

  --out FILE   where the page goes (report.html in the folder; comparison.html here for several)
  --help       this text
`

/** A command line that cannot be understood. */
export class ReportFlagError extends Error {
  override readonly name = 'ReportFlagError'
}

export type ReportFlags = { readonly folders: readonly [string, ...string[]]; readonly out?: string }

/** @throws ReportFlagError that says what is wrong. */
export const parseReportFlags = (args: readonly string[]): ReportFlags | 'help' => {
  const { values, positionals } = readArgs(args)
  if (values.help) return 'help'
  const [first, ...others] = positionals
  if (first === undefined) throw new ReportFlagError('name at least one results folder')
  if (values.out === '') throw new ReportFlagError('--out: names no file')
  return { folders: [first, ...others], ...(values.out === undefined ? {} : { out: values.out }) }
}

const readArgs = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (cause) {
    throw new ReportFlagError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
