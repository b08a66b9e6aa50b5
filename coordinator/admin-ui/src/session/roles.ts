import type { RoleName } from '@tributary/protocols/rest'

const RANK: Record<RoleName, number> = { viewer: 0, operator: 1, admin: 2 }

export const mayActAs = (role: RoleName, needed: RoleName): boolean => RANK[role] >= RANK[needed]

/** Why a role may not, in words for a tooltip. */
export const whyNot = (role: RoleName, needed: RoleName): string =>
  `This needs the role ${needed}; you are signed in as ${role}.`
