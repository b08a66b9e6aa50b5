import { defineConfig } from 'vitest/config'

/** These start servers, browsers and crowds of clients: one file at a time, once everything else is done. */
const SYSTEM = ['tests/privacy/**/*.test.ts', 'tests/{e2e,browser,load}/**/*.test.ts']

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default'],
    globalSetup: ['tests/fleet/postgres-for-tests.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: [
            '{protocols,client-sdk,coordinator,simulations}/src/**/*.test.ts',
            'coordinator/admin-ui/src/**/*.test.{ts,tsx}',
            'tests/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', ...SYSTEM],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: { name: 'system', include: SYSTEM, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
