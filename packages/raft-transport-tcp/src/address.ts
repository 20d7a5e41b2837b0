import { TransportError } from './errors.ts'

export interface HostPort {
  /** Without brackets; empty for every interface. */
  readonly host: string
  readonly port: number
}

/** Splits `host:port`; an IPv6 host stands in brackets, an empty host is every interface. `ADDRESS_INVALID` otherwise. */
export function parseAddress(text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^:[\]\s/]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) {
    throw new TransportError('ADDRESS_INVALID', `"${text}" is no address; write host:port, or [IPv6]:port`)
  }
  return { host: match[1] ?? match[2] ?? '', port }
}

/** The opposite of {@link parseAddress}. */
export function formatAddress({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
