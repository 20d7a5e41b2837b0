/** The built-in key-value executor. */
export const kvKeys = {
  stateRoot: {
    key: 'kv.state_root',
    kind: 'choice',
    choices: ['hashed', 'testapp'],
    default: 'hashed',
    about: "How the state root is made; testapp reproduces the root of ev-node's test application. One chain, one way.",
    why: "a root of fixed size; choose testapp to be followed by ev-node's test application",
  },
} as const
