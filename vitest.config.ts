import { defineConfig } from 'vitest/config'

// Tests see the sources of workspace packages, so a change needs no build before its test.
const conditions = ['source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: process.env['CI'] ? ['default', './.ci/closing-line.js'] : ['default'],
    coverage: { provider: 'v8', include: ['packages/*/src/**', 'apps/*/src/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts'],
          exclude: ['packages/*/test/process/**', 'apps/*/test/process/**', '**/node_modules/**'],
          sequence: { groupOrder: 0 },
          // Every core works (the default leaves one idle), and nothing a test needs is a global: files can share a process,
          // which saves a start and the imports of each of some 150 files.
          maxWorkers: '100%',
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['packages/*/test/process/**/*.test.ts', 'apps/*/test/process/**/*.test.ts'],
          // Real processes want the machine to themselves, one file at a time, after everything else.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
