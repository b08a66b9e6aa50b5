import { describe, expect, test } from 'vitest'
import { negotiateVersion, PROTOCOL_VERSIONS } from './version.ts'

describe('two sides settle on a version', () => {
  test('[V1] the newest that both speak, whatever the order in which they say them', () => {
    expect(negotiateVersion([3, 2, 1], [1, 2])).toBe(2)
    expect(negotiateVersion([1, 2], [2, 1])).toBe(2)
  })

  test('[V1] versions that only one side knows do not get in the way', () => {
    expect(negotiateVersion([1], [999, 1])).toBe(1)
    expect(negotiateVersion([4, 1], [3, 2, 1])).toBe(1)
  })

  test('[V2] none where they share none', () => {
    expect(negotiateVersion([1], [2, 3])).toBeUndefined()
    expect(negotiateVersion([1], [])).toBeUndefined()
  })

  test('[V1] this build speaks version 1, newest first', () => {
    expect(PROTOCOL_VERSIONS).toContain(1)
    expect(PROTOCOL_VERSIONS).toEqual([...PROTOCOL_VERSIONS].sort((a, b) => b - a))
  })
})
