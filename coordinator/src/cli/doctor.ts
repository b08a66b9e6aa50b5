import { systemClock } from '@tributary/protocols/runtime'
import { loadServer, SERVER_USAGE } from '../config.ts'
import { loadEnvelopePrimitives } from '../crypto/native-primitives.ts'
import { examine } from '../operate/doctor/doctor.ts'
import type { Finding } from '../operate/doctor/finding.ts'
import { STORAGE_NOTES } from '../settings/storage-settings.ts'
import { type Command, printJson } from './command.ts'

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'look at everything a coordinator stands on, and say what to do',
  usage: `tributary doctor [--deep] [--json] [flags]

Changes nothing, and works beside a running coordinator: give it the same flags and variables. Exit code 1 where a check fails.

  --deep                 read every blob and check its digest, and the database's indexes
  --json                 the findings as JSON
${SERVER_USAGE}
${STORAGE_NOTES}`,
  failed: 'The examination cannot be carried out.',
  async run(call) {
    const { config, isOn } = loadServer(call, ['deep', 'json'])
    const { name } = await loadEnvelopePrimitives()
    const findings = await examine({
      config,
      clock: systemClock(),
      monotonicMs: () => performance.now(),
      nodeVersion: process.versions.node,
      natives: { 'sodium-native': name === 'libsodium', bufferutil: await loads('bufferutil') },
      depth: isOn('deep') ? 'full' : 'quick',
    })
    const sound = findings.every(({ verdict }) => verdict !== 'fail')
    if (isOn('json')) printJson(call, { sound, findings })
    else call.print(findings.map(inWords).join(''))
    return sound ? 0 : 1
  },
}

const loads = (name: string): Promise<boolean> =>
  import(name).then(
    () => true,
    () => false,
  )

const inWords = ({ check, verdict, says, advice }: Finding): string =>
  `${verdict.padEnd(5)}${check.padEnd(10)}${says}\n${advice ? `${' '.repeat(15)}→ ${advice}\n` : ''}`
