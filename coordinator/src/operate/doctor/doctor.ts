import type { Clock } from '@tributary/protocols/runtime'
import type { Config } from '../../config.ts'
import type { Snapshot } from '../../ports/snapshot.ts'
import { openBeside, openSnapshot, tablesOf } from '../../storage.ts'
import { auditCheck, blobsCheck, databaseCheck, roundsCheck, servedBy } from './data-checks.ts'
import { type Check, type Finding, fail, runChecks } from './finding.ts'
import { folderCheck, keyCheck, runningCheck } from './place-checks.ts'
import { clockCheck, nativesCheck, nodeCheck, settingsCheck } from './process-checks.ts'

export type DoctorNeeds = {
  config: Config
  clock: Pick<Clock, 'now' | 'wakeAt'>
  /** Milliseconds that only grow. */
  monotonicMs(): number
  nodeVersion: string
  natives: Readonly<Record<string, boolean>>
  depth: 'quick' | 'full'
}

/** Looks at everything a coordinator stands on, and changes nothing; beside one that runs or without. Says no secrets. */
export const examine = async (needs: DoctorNeeds): Promise<Finding[]> => {
  const { config, clock, depth } = needs
  const snapshot = await openSnapshot(config).catch((error: Error) => error)
  const around: Check[] = [
    nodeCheck(needs.nodeVersion),
    nativesCheck(needs.natives),
    clockCheck(clock, needs.monotonicMs),
    settingsCheck(config),
    folderCheck(config),
    keyCheck(config, async () => (snapshot instanceof Error ? undefined : servedBy(snapshot))),
    runningCheck(config),
    { name: 'database', run: () => databaseCheck(tablesOf(config), depth).run() },
  ]
  if (snapshot instanceof Error)
    return [
      ...(await runChecks(around)),
      fail('tables', snapshot.message, 'the checks of what is kept wait for this'),
    ]
  try {
    return await runChecks([...around, ...within(needs, snapshot)])
  } finally {
    await snapshot.close()
  }
}

const within = ({ config, clock, depth }: DoctorNeeds, snapshot: Snapshot): Check[] => [
  roundsCheck(snapshot, clock.now()),
  {
    name: 'blobs',
    run: async () => blobsCheck(snapshot, (await openBeside(config)).models, depth).run(),
  },
  auditCheck(snapshot, clock.now()),
]
