import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Recipe, RecipeFile, RecipeRule } from './schema.js';
import { ggmlTypeName } from './target-types.js';

/** A recipe as the text of a file that `parseRecipe` makes the same recipe of. Ends with a newline. */
export function recipeText(recipe: Recipe, format: 'yaml' | 'json'): string {
  const file = recipeFile(recipe);
  if (format === 'json') return `${JSON.stringify(file, null, 2)}\n`;
  const document = new Document(file);
  // Short lists and pairs on one line; rules and pins one below the other.
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (isScalar(key) && INLINE.has(String(key.value)) && (isSeq(value) || isMap(value))) value.flow = true;
    },
  });
  return document.toString({ lineWidth: LINE_WIDTH, flowCollectionPadding: false });
}

/** 80 columns less the longest key, `description`: `yaml` does not count a key that stands before a text. */
const LINE_WIDTH = 66;

const INLINE: ReadonlySet<string> = new Set(['tensors', 'layers', 'when', 'ties']);

/** A recipe as one would write it: types as ggml spells them, no list around a single item, nothing that is empty. */
export function recipeFile(recipe: Recipe): RecipeFile {
  const { name, description, fileType, forAnyModel, rules, pins, ties, source, plan } = recipe;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    fileType,
    ...(forAnyModel === true ? { forAnyModel } : {}),
    ...(source === undefined ? {} : { source }),
    ...(plan === undefined ? {} : { plan }),
    ...(rules.length === 0 ? {} : { rules: rules.map(ruleOfFile) }),
    ...(Object.keys(pins).length === 0 ? {} : { pins: pinsOfFile(pins) }),
    ...(ties.length === 0 ? {} : { ties }),
  };
}

function ruleOfFile({ tensors, pattern, layers, when, type, why }: RecipeRule) {
  return {
    ...(tensors === undefined ? {} : { tensors: unlisted(tensors) }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(layers === undefined ? {} : { layers: unlisted(layers) }),
    ...(when === undefined ? {} : { when: unlisted(when) }),
    type: ggmlTypeName(type),
    why,
  };
}

function pinsOfFile(pins: Recipe['pins']): NonNullable<RecipeFile['pins']> {
  return Object.fromEntries(
    Object.entries(pins).map(([name, { type, why }]) => {
      return [name, why === undefined ? ggmlTypeName(type) : { type: ggmlTypeName(type), why }];
    }),
  );
}

function unlisted<T>(items: readonly T[]): T | T[] {
  const [first, ...others] = items;
  return first !== undefined && others.length === 0 ? first : [...items];
}
