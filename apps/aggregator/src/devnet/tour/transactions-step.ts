import { expect, type Step } from './step.ts'

const enough = 6

/** Transactions that any node took are found in blocks. */
export const transactionsStep: Step = {
  name: 'send transactions',
  run: async (context) => {
    const { load, audit } = context.devnet
    // Whatever --tx-rate says, there must be some to look at.
    for (let i = 0; i < enough; i += 1) await load.sendOne()
    const { transactions } = audit
    await expect(context, 'block with all of them', 20_000, () => transactions.foundOnce >= enough)
    return `${transactions.acknowledged} acknowledged by all nodes in turn, ${transactions.foundOnce} found in blocks so far`
  },
}
