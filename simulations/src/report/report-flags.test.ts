import { describe, expect, it } from 'vitest'
import { parseReportFlags } from './report-flags.ts'

describe('the command line of reports', () => {
  it.each([
    ['one folder', ['a'], { folders: ['a'] }],
    ['several, and a file', ['a', 'b', '--out', 'c.html'], { folders: ['a', 'b'], out: 'c.html' }],
    ['the question what it takes', ['a', '--help'], 'help'],
  ])('takes %s', (_, args, flags) => {
    expect(parseReportFlags(args)).toEqual(flags)
  })

  it.each([
    ['no folder', [], 'name at least one results folder'],
    ['an empty file name', ['a', '--out='], '--out: names no file'],
    ['a flag that is none', ['a', '--outt', 'b'], "Unknown option '--outt'"],
  ])('refuses %s', (_, args, message) => {
    expect(() => parseReportFlags(args)).toThrow(message)
  })
})
