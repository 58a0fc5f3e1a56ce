/** What a Redis says of itself that matters for a queue. */
export interface ServerFacts {
  readonly version: string;
  /** What it throws away where its memory is full. */
  readonly policy: string;
}

/** Reads the answer of the INFO command. What it does not say is empty. */
export function parseServerInfo(info: string): ServerFacts {
  const fieldOf = (key: string): string => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  // Valkey and Dragonfly say which Redis they stand in for, under the same key.
  return { version: fieldOf('redis_version'), policy: fieldOf('maxmemory_policy') };
}

/** The oldest Redis that has what BullMQ's scripts call. */
const MINIMUM = '5.0.0';
/** From here on its commands are the ones that BullMQ is tested with. */
const RECOMMENDED = '6.2.0';

/** Why a server cannot hold a queue, if so. */
export function serverProblem({ version }: ServerFacts): string | undefined {
  return isOlder(version, MINIMUM) ? `it is Redis ${version}, and BullMQ needs ${MINIMUM} or later` : undefined;
}

/** What the user should know of a server that will do. */
export function serverNotes({ version, policy }: ServerFacts): string[] {
  return [
    ...(isOlder(version, RECOMMENDED) ? [`it is Redis ${version}; BullMQ recommends ${RECOMMENDED} or later`] : []),
    ...(policy === '' || policy === 'noeviction'
      ? []
      : [`its maxmemory-policy is ${policy}, so it may throw jobs away when its memory is full; set it to noeviction`]),
  ];
}

function isOlder(version: string, than: string): boolean {
  const numbers = (text: string): number[] => text.split('.').map((part) => Number.parseInt(part, 10));
  const [own, other] = [numbers(version), numbers(than)];
  if (own.some(Number.isNaN)) return false;
  const at = other.findIndex((number, index) => (own[index] ?? 0) !== number);
  return at >= 0 && (own[at] ?? 0) < (other[at] ?? 0);
}
