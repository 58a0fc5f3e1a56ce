import { z } from 'zod';
import { parseTarget } from '../checks/targets.js';
import { isGgufError } from '../errors.js';
import { didYouMean } from './did-you-mean.js';
import { parseSize } from './size.js';

/** A text that is one of many names. Not an enum, so that a slip gives the nearest name instead of all of them. */
export function oneOf(what: string, known: readonly string[]) {
  return z.string().superRefine((text, context) => {
    if (known.includes(text)) return;
    context.addIssue({ code: 'custom', message: `no ${what} is called '${text}'${didYouMean(text, known)}` });
  });
}

/** An object that refuses unknown keys and says which one was meant. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      return issue.keys
        .map((key) => `unknown key '${key}'${didYouMean(key, known) || `; known are ${known.join(', ')}`}`)
        .join('; ');
    },
  });
}

/** A text that `parse` understands; `known` are names that it might have meant. */
export function named<T>(what: string, known: readonly string[], parse: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({
      code: 'custom',
      message: `no ${what} is called '${text}'${didYouMean(text.toUpperCase(), known)}`,
    });
    return z.NEVER;
  });
}

/** One item, or a list of at least one. Gives a list. */
export function oneOrMore<S extends z.ZodType>(item: S, most?: number) {
  const list = z.array(item).min(1);
  return z
    .union([item, most === undefined ? list : list.max(most)])
    .transform((given) => [given].flat() as z.output<S>[]);
}

/** A text that `check` does not refuse with a `GgufError`, whose message is the problem. */
export function accepted(check: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      check(text);
    } catch (error) {
      if (!isGgufError(error)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}

/** Bytes, or a size such as `50 GB`, as it was written. */
export const sizeSchema = z
  .union([z.int().positive(), z.string()], { error: 'expected a number of bytes or a size such as 50 GB' })
  .superRefine((value, context) => {
    if (parseSize(value) !== undefined) return;
    context.addIssue({ code: 'custom', message: `'${value}' is no size; write bytes, or 50 GB, 4.5 GiB` });
  });

/** A runtime, with or without a version. */
export const targetSchema = accepted(parseTarget);
