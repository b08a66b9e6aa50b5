/**
 * What a device takes part with: its clock, its chance, its line. Apart from `index.ts`, because bundlers that split by file load with a barrel
 * all of it that any later part of the app uses, and seeded streams bring a cipher.
 */
export type { Channel, ChannelListener } from './channel.ts'
export { type Cancel, type Clock, deviceClock, steadyClock, systemClock } from './clock.ts'
export { integerBelow, normal, sample, shuffle, uniform } from './draw.ts'
export { type Random, systemRandom } from './random.ts'
