/** Fetching and serving history over libp2p. */
export const p2pKeys = {
  listenAddress: {
    key: 'p2p.listen_address',
    kind: 'multiaddr',
    default: '/ip4/0.0.0.0/tcp/7676',
    about: 'Multiaddr to listen on.',
    why: "ev-node's default; history is public",
  },
  peers: {
    key: 'p2p.peers',
    kind: 'multiaddrs',
    default: '',
    about: 'Nodes to fetch missing blocks from: multiaddrs with /p2p/<id>, separated by commas.',
    why: 'nobody can guess it',
  },
  blockedPeers: {
    key: 'p2p.blocked_peers',
    kind: 'list',
    default: '',
    about: 'Peer ids to refuse.',
    why: 'none',
    inert: 'there is no connection gater',
  },
  allowedPeers: {
    key: 'p2p.allowed_peers',
    kind: 'list',
    default: '',
    about: 'Peer ids to accept.',
    why: 'all',
    inert: 'there is no connection gater',
  },
  disableConnectionGater: {
    key: 'p2p.disable_connection_gater',
    kind: 'bool',
    default: 'true',
    about: 'Accept every peer, ignoring the two lists.',
    why: "ev-node's default",
    inert: 'there is no connection gater',
  },
} as const
