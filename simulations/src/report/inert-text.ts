/**
 * Text from elsewhere without what a page cannot hold or show as itself: control characters but the line's end, half
 * surrogates, and marks that turn the direction of the text around them (CVE-2021-42574).
 */
export const inertText = (text: string): string =>
  text.toWellFormed().replace(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu, '\uFFFD')

/** A name as it stands in a chart or a cell: on one line, and no longer than is of use. */
export const shownName = (name: string, most = 60): string => {
  const characters = [...inertText(name).replace(/\s+/g, ' ').trim()]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join('')
}
