import { readFileSync } from 'node:fs'

/**
 * The one static page of a node, whole: it reads that node's `/status` every second and nothing else, and puts what it
 * reads on the page as text. The path holds for `src/` and for `dist/`.
 */
export const statusPage: string = readFileSync(new URL('../../src/page/index.html', import.meta.url), 'utf8')
