/**
 * raft-core's transport over TCP.
 *
 * ```ts
 * const transport = tcpTransport({ bindAddress: '0.0.0.0:5001', clock, random: Math.random })
 * const node = new RaftNode({ ...options, transport })
 * ```
 *
 * @packageDocumentation
 */
export { type HostPort, parseAddress } from './address.ts'
export { decodeEnvelope, encodeEnvelope } from './codec/envelope-codec.ts'
export { TransportError, type TransportErrorCode } from './errors.ts'
export { encodeFrame, type Frame, FrameReader, type FrameType } from './frame.ts'
export type { TransportMetrics } from './metrics.ts'
export type { TcpTransportLimits, TcpTransportOptions } from './options.ts'
export { type TcpTransport, tcpTransport } from './tcp-transport.ts'
