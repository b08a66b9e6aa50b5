import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import { pathState } from '../adapters/files/folder-state.ts'
import { ownVersion } from '../adapters/own-version.ts'

/** What this process is and how it is: Node's own metrics, the build, and the room left in the folder. */
export const measureProcess = (registry: Registry, { folder }: { folder: string }): void => {
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({
    name: 'tributary_build_info',
    help: 'Always 1: the version of the coordinator and of Node.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: ownVersion(), node: process.versions.node }, 1)
  new Gauge({
    name: 'tributary_folder_free_bytes',
    help: 'Room that this user has left where the data folder is.',
    registers,
    async collect() {
      // What cannot be told is not shown: monitoring must not end with the disk.
      const state = await pathState(folder).catch(() => undefined)
      if (state && state.kind !== 'missing') this.set(state.freeBytes)
      else this.remove()
    },
  })
}
