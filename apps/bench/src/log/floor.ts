import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

export interface Floor {
  readonly fdatasync_p50_ms: number
  readonly fdatasync_p99_ms: number
  readonly rtt_p50_ms: number
}

/** What disk and network cost by themselves, in the same minute: appends with fdatasync, and echoes over loopback. */
export async function measureFloor(directory: string, bytes: number, rounds = 200): Promise<Floor> {
  const syncs = await syncTimes(directory, bytes, rounds)
  const trips = await roundTrips(bytes, rounds)
  return { fdatasync_p50_ms: at(syncs, 0.5), fdatasync_p99_ms: at(syncs, 0.99), rtt_p50_ms: at(trips, 0.5) }
}

async function syncTimes(directory: string, bytes: number, rounds: number): Promise<number[]> {
  const path = join(directory, 'floor')
  const file = await open(path, 'w')
  const payload = new Uint8Array(bytes)
  const times: number[] = []
  for (let i = 0; i < rounds; i++) {
    const began = performance.now()
    await file.write(payload)
    await file.datasync()
    times.push(performance.now() - began)
  }
  await file.close()
  await rm(path)
  return times
}

async function roundTrips(bytes: number, rounds: number): Promise<number[]> {
  const server = createServer((socket) => socket.setNoDelay(true).pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  const payload = new Uint8Array(Math.min(bytes, 1024))
  const times: number[] = []
  for (let i = 0; i < rounds; i++) {
    const began = performance.now()
    socket.write(payload)
    for (let got = 0; got < payload.length; ) got += ((await once(socket, 'data')) as [Buffer])[0].length
    times.push(performance.now() - began)
  }
  socket.destroy()
  server.close()
  return times
}

function at(times: number[], part: number): number {
  times.sort((a, b) => a - b)
  return times[Math.floor(part * times.length)] ?? 0
}
