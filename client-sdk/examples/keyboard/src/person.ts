/** Whose keyboard this is. Each tab is a person of its own, unless its address says which one: `?person=ann`. */

/** Where the coordinator is, and what one enrols with: from the address that the runner prints, kept for as long as the tab lives. */
export type Invited = { coordinator: string; invitation: string }

const PERSON = 'keyboard-person'
const INVITED = 'keyboard-invited'

export const personOf = (search: string, kept: Storage): string => {
  const named = new URLSearchParams(search)
    .get('person')
    ?.toLowerCase()
    .match(/[a-z0-9-]{1,24}/)?.[0]
  const person = named ?? kept.getItem(PERSON) ?? `guest-${crypto.randomUUID().slice(0, 4)}`
  kept.setItem(PERSON, person)
  return person
}

export const invitedBy = (hash: string, kept: Storage): Invited | undefined => {
  const given = readInvited(hash.slice(1))
  if (given) kept.setItem(INVITED, hash.slice(1))
  return given ?? readInvited(kept.getItem(INVITED) ?? '')
}

const readInvited = (text: string): Invited | undefined => {
  const read = new URLSearchParams(text)
  const [coordinator, invitation] = [read.get('coordinator'), read.get('invitation')]
  return coordinator && invitation ? { coordinator, invitation } : undefined
}

/** The address of another person's keyboard. */
export const addressOf = (person: string, { coordinator, invitation }: Invited): string =>
  `/?${new URLSearchParams({ person })}#${new URLSearchParams({ coordinator, invitation })}`
