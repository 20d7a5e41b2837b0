import { createContext, runInContext } from 'node:vm'
import { expect, test } from 'vitest'
import { statusPage } from '../../src/page/status-page.ts'
import type { StatusDocument } from '../../src/rpc/node-view.ts'
import { settle } from './support/manual-clock.ts'
import { hashOf, statusOf } from './support/documents.ts'

/** As much of an element as the page uses. Markup cannot be written to it. */
class Element {
  textContent = ''
  className = ''
  hidden = false
  value = 0
  #children: Element[] = []

  append(child: Element): void {
    this.#children.push(child)
  }

  replaceChildren(...children: Element[]): void {
    this.#children = children
  }

  text(): string {
    return [this.textContent, ...this.#children.map((child) => child.text())].filter((text) => text !== '').join(' ')
  }
}

/** Opens the page of a node that gives these answers, one at each asking. */
async function open(answer: () => StatusDocument): Promise<{
  text: (id: string) => string
  element: (id: string) => Element
  tick: () => Promise<void>
  asked: string[]
}> {
  const elements = new Map([...statusPage.matchAll(/id="([a-z]+)"/g)].map(([, id]) => [id!, new Element()]))
  const asked: string[] = []
  let wake = (): void => undefined
  const context = createContext({
    document: { title: '', getElementById: (id: string) => elements.get(id), createElement: () => new Element() },
    fetch: async (url: string) => {
      asked.push(url)
      return { ok: true, json: async () => answer() }
    },
    setTimeout: (run: () => void) => {
      wake = run
    },
    AbortSignal,
    Date,
  })
  const script = /<script>([\s\S]*)<\/script>/.exec(statusPage)![1]!
  runInContext(script, context)
  await settle()
  return {
    text: (id) => elements.get(id)!.text(),
    element: (id) => elements.get(id)!,
    asked,
    tick: async () => {
      wake()
      await settle()
    },
  }
}

function now(agoMs: number): string {
  return new Date(Date.now() - agoMs).toISOString()
}

test('it asks its own node only and says who leads, how high and that it is healthy', async () => {
  const page = await open(() => statusOf({ height: 57, block_time: now(100), term: 4 }))
  expect(page.text('title')).toBe('node-1 · follower · devnet')
  expect(page.text('health')).toBe('healthy: node-0 leads')
  expect(page.text('facts')).toContain('leader node-0, term 4 height 57')
  expect(page.text('facts')).toContain(hashOf(57))
  await page.tick()
  expect(page.asked).toEqual(['/status', '/status'])
})

test('it needs nothing from anywhere else', () => {
  expect(statusPage).not.toMatch(/https?:|\bsrc=|@import|innerHTML|document\.write/)
  expect(statusPage).toContain("default-src 'none'")
})

test('it says why the node is not healthy', async () => {
  let status = statusOf({ ready: false, not_ready_reason: 'waiting for node-2 to answer' })
  const page = await open(() => status)
  expect(page.text('health')).toBe('waiting for node-2 to answer')
  status = statusOf({ height: 5, block_time: now(20_000) })
  await page.tick()
  expect(page.text('health')).toMatch(/^no new block for (19|20|21) s$/)
  expect(page.element('health').className).toBe('late')
})

test('a node that stops answering is not shown as healthy', async () => {
  let isUp = true
  const page = await open(() => {
    if (!isUp) throw new Error('Failed to fetch')
    return statusOf({ height: 5, block_time: now(0) })
  })
  isUp = false
  await page.tick()
  expect(page.text('health')).toBe('the node does not answer: Failed to fetch')
  expect(page.element('health').className).toBe('bad')
})

test('history that is being fetched has a bar', async () => {
  const backfill = { active: true, from: 11, to: 30, done: 5, blocks_per_s: 10, eta_s: 1.5, stuck_reason: '' }
  const page = await open(() => statusOf({ height: 15, tip_height: 30, backfill, block_time: now(0) }))
  expect(page.element('backfill').hidden).toBe(false)
  expect(page.element('bar').value).toBe(0.25)
  expect(page.text('fetched')).toBe('blocks 11 to 30, 5 done, 10 a second, 2 s to go')
})
