/**
 * raft-core's transport over TCP.
 *
 * ```ts
 * const transport = tcpTransport({ bindAddress: '0.0.0.0:5001', clock, random: Math.random })
 * const node = new RaftNode({ ...options, transport })
 * ```
 *
 * Codecs and frames are there for tools and tests that speak the protocol themselves; the README describes it.
 *
 * @packageDocumentation
 */
export { formatAddress, type HostPort, parseAddress } from './address.ts'
export { decodeEnvelope, encodeEnvelope } from './codec/envelope-codec.ts'
export { decodeHello, encodeHello, type Hello, helloOf } from './codec/hello-codec.ts'
export { decodeRejection, encodeRejection, type Rejection } from './codec/rejection-codec.ts'
export { TransportError, type TransportErrorCode } from './errors.ts'
export type { DropReason, TransportMetrics } from './metrics.ts'
export type { TcpTransportLimits, TcpTransportOptions } from './options.ts'
export type { RefusalCode } from './peers/admission.ts'
export { type TcpTransport, tcpTransport } from './tcp-transport.ts'
export { type Frame, type FrameType } from './wire/frame.ts'
export { FrameReader } from './wire/frame-reader.ts'
export { encodeFrame } from './wire/pack-frames.ts'
export { preface } from './wire/preface.ts'
