/** HTTP for users and operators. */
export const rpcKeys = {
  address: {
    key: 'rpc.address',
    kind: 'listenAddress',
    default: '127.0.0.1:7331',
    about: 'Address of the HTTP server, host:port; port 0 takes a free one.',
    why: 'reachable from this host only until you decide otherwise',
  },
  enableDaVisualization: {
    key: 'rpc.enable_da_visualization',
    kind: 'bool',
    default: 'false',
    about: 'Serve pages that show DA submissions.',
    why: 'off',
    inert: 'blocks are not submitted to a DA layer',
  },
} as const
