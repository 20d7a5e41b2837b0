/** Splits at commas, without the white space around; an empty text has no words, an empty place stays to be complained of. */
export function parseWords(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.split(',').map((word) => word.trim())
}
