/** The code of what was thrown. */
export async function codeOf(act: () => unknown): Promise<unknown> {
  try {
    await act()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'nothing was thrown'
}
