/**
 * PostgreSQL's text holds every character but U+0000. Names, notes and keys that come from outside may hold that one
 * too, so it is written as U+001A 0, and U+001A itself, which nobody types, as U+001A 1. JSON stays as it is, byte for
 * byte: it never holds a control character. What is read back is what was given, and so the audit chain covers that.
 */
export const storedText = (text: string): string =>
  AWKWARD.test(text) ? text.replaceAll('\u001a', '\u001a1').replaceAll('\u0000', '\u001a0') : text

export const textOf = (stored: string): string =>
  stored.includes('\u001a') ? stored.replaceAll('\u001a0', '\u0000').replaceAll('\u001a1', '\u001a') : stored

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const AWKWARD = /[\u0000\u001a]/
