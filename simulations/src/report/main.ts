/** `npm run report`: the report of a simulated run, or several runs compared. */
import { parseReportFlags, REPORT_USAGE, ReportFlagError } from './report-flags.ts'
import { writeComparison, writeReport } from './write-report.ts'

const start = async (): Promise<void> => {
  const flags = parseReportFlags(process.argv.slice(2))
  if (flags === 'help') {
    process.stdout.write(REPORT_USAGE)
    return
  }
  const { folders, out } = flags
  const file =
    folders.length === 1
      ? await writeReport(folders[0], { out })
      : await writeComparison(folders, out ?? 'comparison.html')
  process.stdout.write(`${file}\n`)
}

start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (error instanceof ReportFlagError) process.stderr.write(`\n${REPORT_USAGE}`)
  process.exitCode = error instanceof ReportFlagError ? 2 : 1
})
