/**
 * npm run test:syncs      traces a real coordinator, and sees for every update that it acknowledges and every version that
 *                         it announces that all of it was on the disk before
 * Then it sees the same log with a sync taken out, for every sync that a promise rests on, and must find it wanting.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureStrace } from '../../scripts/ensure-strace.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { until } from '../fleet/until.ts'
import { undisturbedPlan } from './plan.ts'
import { sqliteStage } from './stages.ts'
import { type Chain, inWords, modelKept, updateKept, type Verdict } from './sync-order.ts'
import { parseCalls, STRACE_FLAGS, type SystemCall } from './syscalls.ts'
import { runTrial } from './trial.ts'

type Promised = { what: string; verdict(calls: readonly SystemCall[]): Verdict }

ensureStrace()
await using stage = await sqliteStage()
await using folder = await temporaryFolder()
const log = join(folder.path, 'calls')
const { acknowledged, versions } = await runTrial({
  stage,
  seed: 'syncs',
  plan: { ...undisturbedPlan({ mode: 'sealed' }, 2), arrival: 'together' },
  // The tracer stands aside, so that the process which is started and ended here is the coordinator itself.
  command: ['strace', '--daemonize', ...STRACE_FLAGS, '--output', log],
})
const text = await until('strace to write its log', async () => {
  const written = await readFile(log, 'utf8')
  return /\+\+\+ (killed|exited) .*\n$/.test(written) && written
})
const calls = parseCalls(text)
const promised: Promised[] = [
  ...acknowledged.map((envelope) => ({
    what: `update ${envelope.slice(0, 20)}`,
    verdict: (calls: readonly SystemCall[]) => updateKept(calls, envelope),
  })),
  // Version 1 was made with its task, before anybody was there to be told of it by name.
  ...versions.slice(1).map((weights) => ({
    what: `version ${weights.slice(0, 20)}`,
    verdict: (calls: readonly SystemCall[]) => modelKept(calls, weights),
  })),
]

let wrong = 0
const chains: { what: Promised; chain: Chain }[] = []
for (const what of promised) {
  const verdict = what.verdict(calls)
  if (verdict.kind === 'kept') chains.push({ what, chain: verdict.chain })
  else wrong++
  console.log(
    `${what.what}: ${verdict.kind === 'kept' ? inWords(verdict.chain) : `BROKEN, ${verdict.problem}`}`,
  )
}

/** Without every sync of one file between its write and its promise, the promise must be seen to be broken. */
let missed = 0
let planted = 0
for (const { what, chain } of chains)
  for (const { step, call } of chain) {
    if (!step.startsWith('sync')) continue
    planted++
    const given = chain.at(-1)?.call.began ?? 0
    const without = calls.filter(
      (other) => !(isSyncOf(call, other) && other.began >= call.began && other.began < given),
    )
    if (what.verdict(without).kind === 'broken') continue
    missed++
    console.log(`${what.what}: nobody misses the ${step}`)
  }
console.log(
  `${calls.length} calls; ${acknowledged.length} updates and ${versions.length - 1} versions, ${wrong} broken; ${planted} syncs taken out, ${missed} not missed`,
)
if (wrong > 0 || missed > 0 || acknowledged.length === 0) process.exitCode = 1

function isSyncOf(call: SystemCall, other: SystemCall): boolean {
  return other.name === call.name && other.args === call.args
}
