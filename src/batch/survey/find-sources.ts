import path from 'node:path';
import { badOption, type GgufError } from '../../errors.js';
import { expandSources } from '../../sources/expand.js';
import { isRemote } from '../../sources/remote.js';
import { wholeModels } from '../../sources/whole-models.js';
import type { Layout } from '../layout.js';
import type { ManifestModel } from '../manifest/manifest.js';

/** Where models are looked for, and what is none. */
export interface SourceSearch {
  /** Of the manifest. */
  readonly folder: string;
  readonly layout: Pick<Layout, 'root'>;
  /** Absolute paths of what runs of the batch made. */
  readonly made: ReadonlySet<string>;
}

/** A model that an entry stands for, or why it stands for none. */
export interface FoundSource {
  /** Absolute; where there is an `error`, what the entry says. */
  readonly file: string;
  readonly error?: GgufError;
}

/**
 * The models that an entry of a manifest stands for. What a folder or a glob finds of the batch's own results
 * is none: they may well be beside or below the models. Throws `bad-option` for one name for several.
 */
export async function findSources(
  { source, name }: ManifestModel,
  { folder, layout, made }: SourceSearch,
): Promise<readonly FoundSource[]> {
  const place = isRemote(source) ? source : path.resolve(folder, source);
  const [first] = await expandSources([place]);
  if (first?.error !== undefined) return [{ file: source, error: first.error }];
  const found = await wholeModels([place], []);
  const isBelow = isInside(staticPart(place), layout.root) && !isInside(layout.root, staticPart(place));
  const models = found.filter(
    (file) => file === place || !(made.has(file) || (isBelow && isInside(layout.root, file))),
  );
  if (name === undefined || models.length <= 1) return models.map((file) => ({ file }));
  throw badOption(`the name ${name} is for one model, but ${source} stands for ${models.length}`);
}

/** What a glob begins with that is none: the folder that it looks in. */
function staticPart(place: string): string {
  const parts = place.split(path.sep);
  const first = parts.findIndex((part) => /[*?[\]{}()!]/.test(part));
  return first < 0 ? place : parts.slice(0, first).join(path.sep) || path.sep;
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}
