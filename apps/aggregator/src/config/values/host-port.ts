import { isIP, isIPv4 } from 'node:net'
import { type Parsed, parsed, unparsed } from './parsed.ts'
import { quote } from './quote.ts'

/** Where to listen or dial. `host` is empty for every interface (listening only), an IPv6 address has no brackets. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Reads `host:port`, `[ipv6]:port` and `:port`. Host names are not resolved. Port 0 is accepted. */
export function parseHostPort(text: string): Parsed<HostPort> {
  const match = /^(\[[^\]]*\]|[^:[\]]*):(\d{1,5})$/.exec(text)
  if (!match) return unparsed(`${quote(text)} is not host:port; write it like 10.0.0.1:5001 or [fd00::1]:5001`)
  const bracketed = match[1]!.startsWith('[')
  const host = bracketed ? match[1]!.slice(1, -1) : match[1]!.toLowerCase()
  const port = Number(match[2])
  if (port > 65_535) return unparsed(`port ${port} does not exist; write one up to 65535`)
  const isValid = bracketed ? isIP(host) === 6 : host === '' || isHost(host)
  return isValid
    ? parsed({ host: bracketed ? canonicalIPv6(host) : host, port })
    : unparsed(`${quote(host)} is neither an address nor a host name; write one that the other side can resolve`)
}

/** Writes it so that `parseHostPort` reads the same. */
export function formatHostPort(address: HostPort): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}

/** True for an IPv4 address or a host name. What looks like an IPv4 address must be one. */
export function isHost(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return isIPv4(text)
  return text.length <= 253 && /^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i.test(text)
}

/** True when the address means "every interface": good to listen on, impossible to dial. */
export function isUnspecified(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::' || host === '::ffff:0:0'
}

/** True when only processes of the same host can dial it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function canonicalIPv6(address: string): string {
  // The URL parser writes the one canonical form, so that two spellings of an address compare equal.
  return address.includes('%') ? address : new URL(`http://[${address}]/`).hostname.slice(1, -1)
}
