import type { TransportMetrics } from 'raft-transport-tcp'
import type { MetricSet } from './metric-set.ts'
import type { PeerNames } from './peer-names.ts'

/** From a loopback to another continent. */
const roundTripBuckets = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** Where the Raft transport counts. Who is connected is counted from Raft's events, whatever the transport. */
export function transportMetrics(metrics: MetricSet, peers: PeerNames): Omit<TransportMetrics, 'peerUp' | 'peerDown'> {
  const sent = metrics.counter('raft_transport_sent_messages_total', 'Messages queued for a member.', ['peer'])
  const sentBytes = metrics.counter('raft_transport_sent_bytes_total', 'Bytes of those messages.', ['peer'])
  const received = metrics.counter('raft_transport_received_messages_total', 'Messages that came from a member.', [
    'peer',
  ])
  const receivedBytes = metrics.counter('raft_transport_received_bytes_total', 'Bytes of those messages.', ['peer'])
  const dropped = metrics.counter('raft_transport_dropped_messages_total', 'Messages that were not queued.', [
    'peer',
    'reason',
  ])
  const queued = metrics.gauge('raft_transport_queue_bytes', 'Bytes that wait to leave for a member.', ['peer'])
  const roundTrip = metrics.histogram(
    'raft_transport_round_trip_seconds',
    'Time from a ping to its answer.',
    roundTripBuckets,
    ['peer'],
  )
  const refused = metrics.counter(
    'raft_transport_refused_connections_total',
    'Connections that were refused or given up by name, by the code of the refusal.',
    ['code'],
  )
  return {
    sent: (to, bytes) => {
      const peer = peers.label(to)
      sent.inc({ peer })
      sentBytes.inc({ peer }, bytes)
    },
    received: (from, bytes) => {
      const peer = peers.label(from)
      received.inc({ peer })
      receivedBytes.inc({ peer }, bytes)
    },
    dropped: (to, reason) => dropped.inc({ peer: peers.label(to), reason }),
    queued: (to, bytes) => queued.set({ peer: peers.label(to) }, bytes),
    roundTrip: (id, milliseconds) => roundTrip.observe({ peer: peers.label(id) }, milliseconds / 1000),
    refused: (code) => refused.inc({ code }),
  }
}
