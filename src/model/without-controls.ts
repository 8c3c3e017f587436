/** Names from the machine must not reach a terminal as control characters: a text of one line without any. */
export function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
