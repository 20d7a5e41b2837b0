import { styleText } from 'node:util'

/** How words are marked; every function returns text of the same visible width. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
}

/** For files, pipes and tests. */
export const plainStyle: Style = { bold: same, dim: same, good: same, bad: same }

/** For terminals with colours. */
export const colourStyle: Style = {
  bold: (text) => styleText('bold', text),
  dim: (text) => styleText('dim', text),
  good: (text) => styleText('green', text),
  bad: (text) => styleText(['bold', 'red'], text),
}

function same(text: string): string {
  return text
}
