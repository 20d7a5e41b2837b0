/** Waits for a port of raft-core, which answers by callback. */
export function answered<Result>(ask: (done: (error?: Error, result?: Result) => void) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    ask((error, result) => (error ? reject(error) : resolve(result as Result)))
  })
}
