import { DatasetError } from './dataset-error.ts'

/** The 80 characters of LEAF's Shakespeare task (Caldas et al. 2018, arXiv:1812.01097), in its order. */
export const CHARACTERS = '\n !"&\'(),-.0123456789:;>?ABCDEFGHIJKLMNOPQRSTUVWXYZ[]abcdefghijklmnopqrstuvwxyz}'

/** What stands before a role's first character. */
export const BEFORE_THE_TEXT = CHARACTERS.length

const SPACE = CHARACTERS.indexOf(' ')
const ID_OF = new Map([...CHARACTERS].map((character, id) => [character, id]))
const MOST_UNKNOWN = 0.001

/**
 * A text's characters as ids; one outside of the vocabulary counts as a space.
 * @throws DatasetError when more than one in a thousand does, because then it is another text.
 */
export const characterIds = (text: string, name: string): Uint8Array => {
  let unknown = 0
  const ids = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const id = ID_OF.get(text[i] ?? '')
    if (id === undefined) unknown++
    ids[i] = id ?? SPACE
  }
  if (unknown > Math.max(1, MOST_UNKNOWN * text.length))
    throw new DatasetError(`${name}: ${unknown} of ${text.length} characters are none of LEAF's 80`)
  return ids
}
