/** Whether a text is a path with slashes that leads down from a folder on every system, with nothing in it that leads up. */
export function isPathBelow(text: string): boolean {
  if (text.startsWith('/') || /^[a-z]:/i.test(text) || text.includes('\\') || text.includes('\0')) return false;
  return text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
