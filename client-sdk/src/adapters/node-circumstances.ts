/** What Node can tell of its machine: on Linux how it is powered, and elsewhere nothing. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Circumstances, Known } from '../ports/circumstances.ts'

export type NodeCircumstancesOptions = {
  clock: Clock
  /** Where the kernel says what the machine is powered by (Documentation/ABI/testing/sysfs-class-power). */
  powerSupplies?: string
}

/** The kernel tells of no change there, but when it is asked. */
const READ_EVERY_MS = 60_000

/** Resolves when it has been read for the first time. It is read every minute while somebody watches. */
export const nodeCircumstances = async ({
  clock,
  powerSupplies = '/sys/class/power_supply',
}: NodeCircumstancesOptions): Promise<Circumstances> => {
  let known = await readPower(powerSupplies)
  return {
    known: () => known,
    watch(changed) {
      let watching = true
      let waking: Cancel | undefined
      const readAgain = async () => {
        const before = known
        known = await readPower(powerSupplies)
        if (!watching) return
        later()
        if (known.charging !== before.charging || known.battery !== before.battery) changed()
      }
      const later = () => {
        waking = clock.wakeAt(clock.now() + READ_EVERY_MS, () => void readAgain())
      }
      later()
      return () => {
        watching = false
        waking?.()
      }
    },
  }
}

type Supply = { type: string; scope: string; online: string; status: string; capacity: string }

/** As systemd's `systemd-ac-power` has it: a machine without a battery, or with a plug that gives, is on external power. */
const readPower = async (folder: string): Promise<Pick<Known, 'charging' | 'battery'>> => {
  const names = await readdir(folder).catch(() => undefined)
  if (!names) return {}
  const supplies = await Promise.all(names.map((name) => readSupply(join(folder, name))))
  // A mouse has a battery too.
  const ofMachine = supplies.filter(({ scope }) => scope !== 'Device')
  const batteries = ofMachine.filter(({ type }) => type === 'Battery')
  const plugged = ofMachine.some(({ type, online }) => type !== 'Battery' && online === '1')
  const levels = batteries.map(({ capacity }) => Number.parseInt(capacity, 10) / 100)
  const level = levels.reduce((sum, one) => sum + one, 0) / levels.length
  const all = (...statuses: string[]) => batteries.every(({ status }) => statuses.includes(status))
  const draining = batteries.some(({ status }) => status === 'Discharging')
  return {
    charging: plugged || (draining ? false : all('Charging', 'Full', 'Not charging') || undefined),
    battery: batteries.length === 0 ? 1 : level >= 0 && level <= 1 ? level : undefined,
  }
}

const readSupply = async (folder: string): Promise<Supply> => {
  const read = async (name: string) => (await readFile(join(folder, name), 'utf8').catch(() => '')).trim()
  const [type, scope, online, status, capacity] = await Promise.all(
    (['type', 'scope', 'online', 'status', 'capacity'] as const).map(read),
  )
  return { type, scope, online, status, capacity } as Supply
}
