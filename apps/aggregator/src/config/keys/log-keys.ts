/** Logging to stderr. */
export const logKeys = {
  level: {
    key: 'log.level',
    kind: 'choice',
    choices: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    about: 'Least severe lines that are written; debug also shows stack traces.',
    why: 'elections and warnings, not every message',
  },
  format: {
    key: 'log.format',
    kind: 'choice',
    choices: ['text', 'json'],
    default: 'text',
    about: 'Lines for people or JSON for machines.',
    why: "ev-node's default",
  },
  trace: {
    key: 'log.trace',
    kind: 'bool',
    default: 'false',
    about: 'Add stack traces to error lines.',
    why: 'an error says what to do instead',
    inert: 'use log.level=debug',
  },
} as const
