/** The code of the error that an action throws or rejects with, undefined when it does neither. */
export async function codeOf(action: () => unknown): Promise<unknown> {
  try {
    await action()
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
}
