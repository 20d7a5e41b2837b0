import { isIPv4, isIPv6 } from 'node:net'
import { isHost } from './host-port.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'
import { quote } from './quote.ts'
import { parseWords } from './words.ts'

const example = '/ip4/10.0.0.1/tcp/7676'

/** Reads a multiaddr to listen on: `/ip4|ip6|dns4|dns6|dns/…/tcp/N`. Port 0 takes a free one. */
export function parseListenMultiaddr(text: string): Parsed<string> {
  const problem = multiaddrProblem(text)
  if (problem) return unparsed(problem)
  return text.includes('/p2p/')
    ? unparsed(`${quote(text)} names a peer; write only where to listen, like ${example}`)
    : parsed(text)
}

/** Reads multiaddrs to dial, separated by commas, each with `/p2p/<id>`. Names all problems; duplicates are dropped. */
export function parsePeerMultiaddrs(text: string): Parsed<readonly string[]> {
  const words = [...new Set(parseWords(text))]
  const problems = words.map(peerProblem).filter((problem) => problem !== undefined)
  return problems.length > 0 ? unparsed(...problems) : parsed(words)
}

/** The TCP port in a valid multiaddr. */
export function multiaddrHostPort(text: string): { readonly host: string; readonly port: number } {
  const [, , host, , port] = text.split('/')
  return { host: host!, port: Number(port) }
}

function peerProblem(text: string): string | undefined {
  const problem = multiaddrProblem(text)
  if (problem) return problem
  if (!text.includes('/p2p/')) return `${quote(text)} does not say who is there; end it with /p2p/<peer id>`
  return text.includes('/tcp/0/') ? `nobody can dial port 0 of ${quote(text)}; write the real port` : undefined
}

function multiaddrProblem(text: string): string | undefined {
  const [empty, network = '', host = '', transport, port = '', p2p, id = '', ...more] = text.split('/')
  if (empty !== '' || more.length > 0) return `${quote(text)} is not a multiaddr; write it like ${example}`
  if (!isNetworkHost(network, host)) {
    return `${quote(text)} is not a multiaddr of an ip4, ip6, dns, dns4 or dns6 host; write it like ${example}`
  }
  if (transport !== 'tcp' || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return `${quote(text)} names no TCP port; write it like ${example}`
  }
  if (p2p === undefined) return undefined
  return p2p === 'p2p' && isPeerId(id) ? undefined : `${quote(text)} does not end in a peer id; write /p2p/12D3KooW…`
}

function isNetworkHost(network: string, host: string): boolean {
  if (network === 'ip4') return isIPv4(host)
  if (network === 'ip6') return isIPv6(host)
  return (network === 'dns' || network === 'dns4' || network === 'dns6') && isHost(host)
}

/** Base58 multihash as peers write it, or a CID in base32 or base36; libp2p checks the bytes when it dials. */
function isPeerId(text: string): boolean {
  return /^(12D3KooW|16Uiu2HA|Qm)[1-9A-HJ-NP-Za-km-z]{36,52}$/.test(text) || /^[bk][a-z0-9]{50,80}$/.test(text)
}
