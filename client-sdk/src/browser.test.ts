import { expect, test } from 'vitest'
import { createBrowserClient } from './browser.ts'

const options = {
  coordinator: 'http://127.0.0.1:4570',
  task: 'points',
  trainer: { train: () => Promise.reject(new Error('nobody trains here')) },
}

test('a profile is a word', () => {
  for (const profile of ['ann', 'ann.b-2_c', 'a'.repeat(64)])
    expect(() => createBrowserClient({ ...options, profile })).not.toThrow()
  for (const profile of ['', 'ann bob', 'ann/bob', 'a'.repeat(65)])
    expect(() => createBrowserClient({ ...options, profile })).toThrow(
      expect.objectContaining({ code: 'bad-options' }),
    )
})
