import { didYouMean } from '../../config/did-you-mean.js';
import { badOption } from '../../errors.js';
import { MAX_MANIFEST_PATH } from '../../limits.js';
import { safeName } from './safe-name.js';

/** What a name template may have in braces. */
export const NAME_FIELDS = [
  'model',
  'label',
  'type',
  'architecture',
  'base_name',
  'size_label',
  'fine_tune',
  'version',
  'convention',
] as const;

/** Name of a field of a name template. */
export type NameField = (typeof NAME_FIELDS)[number];

/** A piece of a name template: text that stands as it is, or a field. */
export type NamePart = { readonly text: string } | { readonly field: NameField };

/**
 * The pieces of a name template such as `{model}/{model}-{label}.gguf`. `{{` and `}}` stand for braces, `/` parts folders
 * from what is in them. Throws `bad-option` for unknown fields, and for text that is no relative path on every system.
 */
export function parseNameTemplate(template: string): readonly NamePart[] {
  if (template.length > MAX_MANIFEST_PATH)
    throw badOption(`a name template has at most ${MAX_MANIFEST_PATH} characters`);
  const parts = [...template.matchAll(PIECE)].map(([piece]) => partOf(piece, template));
  for (const folderOrFile of shownAs(parts).split('/')) refuseUnsafe(folderOrFile, template);
  return parts;
}

const PIECE = /\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g;

function partOf(piece: string, template: string): NamePart {
  if (piece === '{{' || piece === '}}') return { text: piece.slice(1) };
  if (piece === '{' || piece === '}') {
    throw badOption(`'${template}' has a ${piece} without its match; a brace that is meant is written twice`);
  }
  if (!piece.startsWith('{')) return { text: piece };
  const name = piece.slice(1, -1);
  const field = NAME_FIELDS.find((known) => known === name);
  if (field !== undefined) return { field };
  throw badOption(`no field of names is called '${name}'${didYouMean(name, NAME_FIELDS) || `; known are ${KNOWN}`}`);
}

const KNOWN = NAME_FIELDS.map((field) => `{${field}}`).join(', ');

/** The template with a harmless letter for each field. */
function shownAs(parts: readonly NamePart[]): string {
  return parts.map((part) => ('text' in part ? part.text : 'x')).join('');
}

function refuseUnsafe(component: string, template: string): void {
  if (component === '') {
    throw badOption(`'${template}' is no name of a file below the output folder: it has an empty part`);
  }
  if (safeName(component) === component) return;
  throw badOption(`'${template}' has '${component}', which cannot be a name of a file or folder on every system`);
}
