import { RaftError } from '../errors.ts'

/** A store did not do what it was asked: the node must stop. */
export function storageFailed(what: string, cause: Error | undefined): RaftError {
  return new RaftError('STORAGE_FAILED', `${what} failed; look at the disk, then start again`, { cause })
}
