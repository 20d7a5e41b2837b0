/** Keys without a section. */
export const generalKeys = {
  home: {
    key: 'home',
    kind: 'path',
    default: '~/.aggregator',
    about: 'Directory of everything this node owns: configuration, keys, data.',
    why: 'a hidden directory of the user who runs it',
    flagOnly: true,
  },
  dbPath: {
    key: 'db_path',
    kind: 'homePath',
    default: 'data',
    about: 'Directory of the block store, under home unless absolute.',
    why: "ev-node's place",
  },
  clearCache: {
    key: 'clear_cache',
    kind: 'bool',
    default: 'false',
    about: 'Drop the persisted DA-inclusion cache at start.',
    why: 'keeping it is cheaper',
    flagOnly: true,
    inert: 'there is no such cache here',
  },
} as const
