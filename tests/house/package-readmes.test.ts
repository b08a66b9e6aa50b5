import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY } from './lint-planted.ts'

test.each(['protocols', 'client-sdk', 'coordinator'])(
  'the README of %s shows the example that is tried from its tarball',
  async (folder) => {
    const [readme, example] = await Promise.all(
      ['README.md', 'examples/readme.ts'].map((file) => readFile(join(REPOSITORY, folder, file), 'utf8')),
    )
    const shown = [...(readme ?? '').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text)
    expect(shown).toEqual([example])
  },
)
