import { GgufError } from '../errors.js';

/**
 * Reads the flags that commander parsed, each with the type that it must have. A zod schema would do the same, but
 * loading zod takes as long as node itself takes to start, and a command that looks at a header ends before that.
 */
export class FlagReader {
  readonly #given: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();
  readonly #problems: string[] = [];

  constructor(given: unknown) {
    this.#given = new Map(Object.entries(given ?? {}));
  }

  /** Whether a flag without a value was given. */
  isSet(name: string): boolean {
    return this.#take(name, 'no value', (value) => typeof value === 'boolean' && [value]) ?? false;
  }

  /** The value of a flag. */
  text(name: string): string | undefined {
    return this.#take(name, 'a value', (value) => typeof value === 'string' && [value]);
  }

  /** The value of a flag, or `false` where its `--no-` form was given. */
  textOrOff(name: string): string | false | undefined {
    return this.#take(name, 'a value', (value) => (typeof value === 'string' || value === false) && [value]);
  }

  /** The values of a flag that may be repeated. */
  list(name: string): readonly string[] {
    const isText = (item: unknown): item is string => typeof item === 'string';
    return this.#take(name, 'values', (value) => Array.isArray(value) && value.every(isText) && [value]) ?? [];
  }

  /** A whole number from `min` to `max`. */
  integer(name: string, min: number, max: number): number | undefined {
    return this.#take(name, `a whole number from ${min} to ${max}`, (value) => {
      const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
      return number >= min && number <= max && [number];
    });
  }

  /** A number above 0, such as 4.5. */
  positive(name: string): number | undefined {
    return this.#take(name, 'a number above 0', (value) => {
      const number = typeof value === 'string' && /^\d*\.?\d+$/.test(value) ? Number(value) : 0;
      return number > 0 && [number];
    });
  }

  /** One of `choices`. */
  choice<C extends string>(name: string, choices: readonly C[]): C | undefined {
    return this.#take(name, choices.join(', '), (value) => {
      const found = choices.find((choice) => choice === value);
      return found !== undefined && [found];
    });
  }

  /** Ends the reading: throws `bad-option` if a flag was wrong or is one that the command does not read. */
  refuseTheRest(): void {
    const unknown = [...this.#given.keys()].filter((name) => !this.#read.has(name));
    const problems = [...this.#problems, ...unknown.map((name) => `unknown flag ${flagName(name)}`)];
    if (problems.length > 0) throw new GgufError('bad-option', problems.join('; '), { problems });
  }

  /** `parse` wraps what it accepts in a list of one, since every value may be falsy. */
  #take<T>(name: string, expected: string, parse: (value: unknown) => readonly [T] | false): T | undefined {
    this.#read.add(name);
    const value = this.#given.get(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === false) this.#problems.push(`${flagName(name)} is ${JSON.stringify(value)}, expected ${expected}`);
    return parsed === false ? undefined : parsed[0];
  }
}

/** `lowDisk` is `--low-disk`. */
function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
