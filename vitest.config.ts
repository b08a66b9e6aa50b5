import { defineConfig } from 'vitest/config'

const NEVER = ['**/node_modules/**']

/** Rules of one part, which leave the process that they run in as it was: many files share one, and load what they test once. */
const SHARING = [
  '{protocols,coordinator}/src/**/*.test.ts',
  'client-sdk/src/{adapters,participation}/**/*.test.ts',
]

/** These measure time, or take what one machine has once: one file at a time, once everything else is done. */
const ALONE = [
  'tests/load/**/*.test.ts',
  'tests/browser/{many-rounds,worker-frames}.test.ts',
  'tests/e2e/{replicas,session-replicas,shutdown,stragglers,watch-replicas}.test.ts',
]

/** These start servers, browsers and crowds of clients, and mostly wait for them: three at a time keep two cores busy. */
const SYSTEM = ['tests/{browser,e2e,packages,privacy,sdk}/**/*.test.ts']

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
    globalSetup: ['tests/fleet/postgres-for-tests.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'sharing',
          include: SHARING,
          exclude: NEVER,
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: [
            '{protocols,client-sdk,coordinator,simulations}/src/**/*.test.ts',
            'client-sdk/examples/*/src/**/*.test.ts',
            'coordinator/admin-ui/src/**/*.test.{ts,tsx}',
            'tests/**/*.test.ts',
          ],
          exclude: [...NEVER, ...SHARING, ...SYSTEM, ...ALONE],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: SYSTEM,
          exclude: [...NEVER, ...ALONE],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
