/** Who may import whom, as docs/architecture.md draws it. `npm run imports` holds it. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^packages/${from}/(src|bench)/` },
  to: {
    path: '^(packages|apps)/',
    pathNot: [`^packages/${from}/`, ...allowed.map((name) => `^packages/${name}/dist/`)],
  },
})

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-reaching-into-src',
      severity: 'error',
      comment: 'Import a package by its name; its src/ is its own business.',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/([^/]+)/src/', pathNot: '^$1/$2/' },
    },
    {
      name: 'core-is-alone',
      severity: 'error',
      comment: 'raft-core imports nothing: no library, no node: module, no other package.',
      from: { path: '^packages/raft-core/src/' },
      to: { pathNot: '^packages/raft-core/src/' },
    },
    only('transport-knows-core', 'raft-transport-tcp', ['raft-core']),
    only('store-knows-core', 'raft-store-level', ['raft-core']),
    only('testkit-knows-core', 'raft-testkit', ['raft-core']),
    only('fsm-knows-core', 'block-fsm', ['raft-core']),
    only('block-store-knows-fsm', 'block-store-level', ['block-fsm']),
    only('signer-knows-fsm', 'block-signer', ['block-fsm']),
    only('executors-know-fsm', 'block-executors', ['block-fsm']),
    only('catchup-knows-fsm', 'p2p-catchup', ['block-fsm']),
    {
      name: 'proof-judges-from-outside',
      severity: 'error',
      comment:
        'The stories know the aggregator by its documents, and block-fsm to verify what it shows; nothing else of ours.',
      from: { path: '^apps/proof/src/' },
      to: {
        path: '^(packages|apps)/',
        pathNot: ['^apps/proof/', '^apps/aggregator/dist/', '^packages/block-fsm/dist/'],
      },
    },
    {
      name: 'packages-know-no-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'one-logger-and-one-metrics-library-in-the-app',
      severity: 'error',
      comment: 'Packages take a Logger and a metrics sink; only the app knows pino and prom-client.',
      from: { path: '^packages/' },
      to: { path: 'node_modules/(pino|prom-client)/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/', '/gen/'] },
    exclude: { path: ['/dist/', '/gen/'].map((part) => `^(packages|apps)/[^/]+${part}.*\\.(map|d\\.ts)$`) },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
}
