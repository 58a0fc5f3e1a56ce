/** A program that was looked for before the first job began, since the manifest needs it. */
export function requireTool<T>(tool: T | undefined, name: string): T {
  if (tool === undefined) throw new TypeError(`a step needs ${name}, which nobody looked for`);
  return tool;
}
