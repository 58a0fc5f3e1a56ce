import { z } from 'zod';
import { didYouMean } from './did-you-mean.js';

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
