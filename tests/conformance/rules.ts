/** The rules that a page of the protocol states: bold, in brackets, at the start of a paragraph. */
export const rulesIn = (page: string): string[] =>
  Array.from(page.matchAll(/^\*\*\[([A-Z][1-9][0-9]*)\]\*\*/gm), ([, rule = '']) => rule)

/** The rules that a test file cites: in brackets, at the start of a text that may be a test's title. */
export const citationsIn = (source: string): string[] =>
  Array.from(source.matchAll(/['"`]((?:\[[A-Z][1-9][0-9]*\][ ]?)+)/g), ([, group = '']) => group).flatMap(
    (group) => Array.from(group.matchAll(/\[([A-Z][1-9][0-9]*)\]/g), ([, rule = '']) => rule),
  )
