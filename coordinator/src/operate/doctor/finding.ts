/** What one check found. */
export type Finding = {
  /** What was looked at, in a word or two. */
  check: string
  verdict: 'ok' | 'warn' | 'fail'
  says: string
  /** What to do about it. */
  advice?: string
}

export type Check = { name: string; run(): Promise<Finding[]> }

export const ok = (check: string, says: string): Finding => ({ check, verdict: 'ok', says })

export const warn = (check: string, says: string, advice: string): Finding => ({
  check,
  verdict: 'warn',
  says,
  advice,
})

export const fail = (check: string, says: string, advice: string): Finding => ({
  check,
  verdict: 'fail',
  says,
  advice,
})

/** Runs them one after the other. A check that cannot be carried out has failed. */
export const runChecks = async (checks: readonly Check[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const { name, run } of checks)
    try {
      findings.push(...(await run()))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      findings.push(fail(name, why, 'see what it says; other checks may tell why'))
    }
  return findings
}
