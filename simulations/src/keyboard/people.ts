/** Who takes part: speakers with their lines, and those who are left out so that a person at the page may be one of them. */
import type { Role } from '../datasets/index.ts'

export type Person = { name: string; lines: readonly string[] }

export type People = {
  /** The first 80 % of their lines. */
  speakers: readonly Person[]
  leftOut: readonly Person[]
  /** Of the rest of each speaker's lines some, which nobody trains on. */
  heldOut: readonly string[]
}

export const LEFT_OUT = ['ROMEO', 'JULIET', 'PROSPERO', 'MERCUTIO', 'KATHARINA', 'Nurse']

const HELD_OUT_LINES = 20

/** @param roles Who says most first. */
export const peopleOf = (roles: readonly Role[], speakers: number): People => {
  const taking = roles.filter(({ name }) => !LEFT_OUT.includes(name)).slice(0, speakers)
  return {
    speakers: taking.map(({ name, lines }) => ({ name, lines: trainingLines(lines) })),
    leftOut: roles
      .filter(({ name }) => LEFT_OUT.includes(name))
      .map(({ name, lines }) => ({ name, lines: trainingLines(lines) })),
    heldOut: taking.flatMap(({ lines }) => lines.slice(trainingLines(lines).length).slice(0, HELD_OUT_LINES)),
  }
}

export const trainingLines = (lines: readonly string[]): readonly string[] =>
  lines.slice(0, Math.floor(0.8 * lines.length))
