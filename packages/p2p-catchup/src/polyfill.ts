/**
 * `Promise.withResolvers` for Node 20. libp2p 3 uses it everywhere and says so nowhere; this module has to be evaluated
 * before any of libp2p's, so each entry of the package imports it first.
 */
interface Resolvers<Value> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value | PromiseLike<Value>) => void
  readonly reject: (reason?: unknown) => void
}

if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', { configurable: true, writable: true, value: withResolvers })
}

function withResolvers<Value>(): Resolvers<Value> {
  let resolve!: Resolvers<Value>['resolve']
  let reject!: Resolvers<Value>['reject']
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}
