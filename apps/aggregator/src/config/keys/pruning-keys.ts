/** Deleting old blocks: recognised, so that an ev-node file can be used as it is; nothing is deleted. */
export const pruningKeys = {
  pruningMode: {
    key: 'pruning.pruning_mode',
    kind: 'choice',
    choices: ['disabled', 'all', 'metadata'],
    default: 'disabled',
    about: 'What is deleted.',
    why: 'nothing',
    inert: 'every block is kept',
  },
  pruningKeepRecent: {
    key: 'pruning.pruning_keep_recent',
    kind: 'int',
    default: '100000',
    min: 0,
    unit: 'blocks',
    about: 'Blocks kept.',
    why: "ev-node's default",
    inert: 'every block is kept',
  },
  pruningIntervalMs: {
    key: 'pruning.pruning_interval',
    kind: 'duration',
    default: '15m',
    min: 0,
    about: 'Time between two deletions.',
    why: "ev-node's default",
    inert: 'every block is kept',
  },
} as const
