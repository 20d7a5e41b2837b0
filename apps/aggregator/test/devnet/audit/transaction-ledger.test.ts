import { expect, test } from 'vitest'
import { EventLog } from '../../../src/devnet/audit/events.ts'
import { TransactionLedger } from '../../../src/devnet/audit/transaction-ledger.ts'
import { txOf } from '../support/documents.ts'

function ledger(): { ledger: TransactionLedger; events: EventLog } {
  const events = new EventLog(() => 0)
  return { ledger: new TransactionLedger(events, (text) => text.startsWith('ours')), events }
}

test('an acknowledged transaction is found once, whether the answer or the block is seen first', () => {
  const { ledger: transactions } = ledger()
  transactions.onAcknowledged('ours=1', 0)
  expect(transactions).toMatchObject({ acknowledged: 1, foundOnce: 0, waiting: 1 })
  transactions.onBlock(7, [txOf('ours=1').data, txOf('ours=2').data])
  transactions.onAcknowledged('ours=2', 5)
  expect(transactions).toMatchObject({ acknowledged: 2, foundOnce: 2, waiting: 0, doubles: 0 })
})

test('a transaction in two blocks is an alarm', () => {
  const { ledger: transactions, events } = ledger()
  transactions.onAcknowledged('ours=1', 0)
  transactions.onBlock(7, [txOf('ours=1').data])
  transactions.onBlock(9, [txOf('ours=1').data])
  expect(transactions.doubles).toBe(1)
  expect(events.newest(1)).toMatchObject([
    { isAlarm: true, text: 'ONE TRANSACTION TWICE: ours=1 in block 7 and in block 9' },
  ])
})

test("other people's transactions may stand in the chain as often as they like", () => {
  const { ledger: transactions } = ledger()
  transactions.onBlock(7, [txOf('theirs=1').data, txOf('theirs=1').data])
  expect(transactions.doubles).toBe(0)
})
