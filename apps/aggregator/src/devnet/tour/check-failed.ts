/** What a step of the tour promised did not happen; the message says what was there instead. */
export class CheckFailed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CheckFailed'
  }
}
