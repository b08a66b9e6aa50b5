/** Conditions, and what an app tells of the device where the platform does not: beside the SDK, for the apps that need it. */
export type { Circumstances, Known } from '../ports/circumstances.ts'
export type { Conditions } from './conditions.ts'
export { createCircumstances, type GivenCircumstances } from './given-circumstances.ts'
