import type { Clock } from '@tributary/protocols/runtime'
import type { Config } from '../../config.ts'
import { blobsOf } from '../../storage/blob-stores.ts'
import { tablesOf } from '../../storage/tables.ts'
import { locksFolder, readOwnKey } from '../../storage.ts'
import { auditCheck, blobsCheck, databaseCheck, roundsCheck } from './data-checks.ts'
import { type Check, type Finding, fail, runChecks } from './finding.ts'
import { folderCheck, keyCheck, runningCheck } from './place-checks.ts'
import { clockCheck, nativesCheck, nodeCheck, settingsCheck } from './process-checks.ts'
import { bucketCheck, leasesCheck, roundKeysCheck, serverCheck } from './shared-checks.ts'
import { signInCheck } from './sign-in-check.ts'

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
  const tables = tablesOf(config)
  const snapshot = await tables.snapshot().catch((error: Error) => error)
  const around: Check[] = [
    nodeCheck(needs.nodeVersion),
    nativesCheck(needs.natives),
    clockCheck(clock, needs.monotonicMs),
    settingsCheck(config),
    signInCheck(config),
    ...(locksFolder(config) ? [folderCheck(config)] : []),
    keyCheck(config, async () => (snapshot instanceof Error ? undefined : snapshot.identity())),
    runningCheck(config),
    serverCheck(() => tables.server(clock)),
    databaseCheck(tables, depth),
  ]
  if (snapshot instanceof Error)
    return [
      ...(await runChecks(around)),
      fail('tables', snapshot.message, 'the checks of what is kept wait for this'),
    ]
  const blobs = await blobsOf(config)
    .beside()
    .catch((error: Error) => error)
  try {
    const within: Check[] = [
      roundsCheck(snapshot, clock.now()),
      leasesCheck(snapshot, tables.standing),
      roundKeysCheck(() => readOwnKey(config), tables.standing),
      ...(blobs instanceof Error
        ? []
        : [bucketCheck(config, blobs.models), blobsCheck(snapshot, blobs.models, depth)]),
      auditCheck(snapshot, clock.now()),
    ]
    const findings = await runChecks([...around, ...within])
    if (blobs instanceof Error)
      findings.push(fail('blobs', blobs.message, 'see that --blobs and its credentials are right'))
    return findings
  } finally {
    await snapshot.close()
    if (!(blobs instanceof Error)) await blobs.close()
  }
}
