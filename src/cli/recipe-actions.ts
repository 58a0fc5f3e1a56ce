import { writeText } from '../edit/write-text.js';
import type { Header } from '../gguf/model.js';
import { printable } from '../gguf/printable.js';
import { readImatrix } from '../quantizer/imatrix/imatrix.js';
import { openModel } from '../quantizer/quantize/open-model.js';
import { cloneRecipe } from '../quantizer/recipes/clone.js';
import { findRecipe, isRecipeFile } from '../quantizer/recipes/find-recipe.js';
import { imatrixKeys } from '../quantizer/recipes/imatrix-keys.js';
import { namesImatrixTypes, needsAnyImatrix } from '../quantizer/recipes/imatrix-need.js';
import { predictSize } from '../quantizer/recipes/predict.js';
import { PRESETS } from '../quantizer/recipes/presets/presets.js';
import { recipeNameOf } from '../quantizer/recipes/recipe-name.js';
import { recipeText } from '../quantizer/recipes/recipe-text.js';
import { resolveRecipe } from '../quantizer/recipes/resolve.js';
import { resolveFitted } from '../quantizer/recipes/resolve-fitted.js';
import { toTensorTypeFile } from '../quantizer/recipes/tensor-type-file.js';
import type { KeyValue } from '../quantizer/recipes/written-header.js';
import { type ListedRecipe, renderRecipes, renderResolution } from '../report/recipe.js';
import {
  cloneDocument,
  listDocument,
  type RecipeDocument,
  resolveDocument,
  showDocument,
} from '../report/recipe-json.js';
import { openFile } from '../sources/file.js';
import { shardPaths } from '../sources/shard-name.js';
import type { SharedFlags } from './flags.js';
import { noteJournal } from './note-journal.js';
import { requireNewText } from './require-new-text.js';
import type { Terminal } from './terminal.js';

/** Prints the presets; with a model, the sizes that they give it. */
export async function listRecipes(terminal: Terminal, model: string | undefined, flags: SharedFlags): Promise<void> {
  const header = model === undefined ? undefined : await modelHeader(terminal, model);
  const list = PRESETS.map((recipe): ListedRecipe => {
    if (header === undefined) return { recipe, needsImatrix: namesImatrixTypes(recipe) };
    const resolved = resolveRecipe(recipe, header);
    return { recipe, needsImatrix: needsAnyImatrix(resolved), size: predictSize(header, resolved) };
  });
  if (flags.json) printDocument(terminal, listDocument(list, model));
  else if (flags.quiet) terminal.out(list.map(({ recipe }) => `${recipe.name}\n`).join(''));
  else terminal.out(renderRecipes(list, terminal.stdout));
}

/** Prints a recipe as a file. */
export async function showRecipe(terminal: Terminal, name: string, flags: SharedFlags): Promise<void> {
  const recipe = await findRecipe(name);
  if (flags.json) printDocument(terminal, showDocument(recipe));
  else terminal.out(recipeText(recipe, 'yaml'));
}

/** What `resolve` is asked for. */
export interface ResolveFlags extends SharedFlags {
  readonly imatrix: string | undefined;
  readonly tensors: boolean;
  readonly tensorTypeFile: boolean;
  readonly output: string | undefined;
  /** Replace what is at `output`. */
  readonly force: boolean;
}

/** Prints what a recipe comes to for a model, or the file that hands it to llama-quantize. */
export async function resolveFor(terminal: Terminal, name: string, model: string, flags: ResolveFlags): Promise<void> {
  const { imatrix, output, force } = flags;
  const inputs = [
    ...shardPaths(model),
    ...(isRecipeFile(name) ? [name] : []),
    ...(imatrix === undefined ? [] : [imatrix]),
  ];
  if (output !== undefined) await requireNewText(output, inputs, force);
  const recipe = await findRecipe(name);
  const header = await modelHeader(terminal, model);
  const keys = imatrix === undefined ? undefined : await keysOfImatrix(imatrix, terminal.signal);
  const resolution = resolveFitted(recipe, header, { imatrix: keys !== undefined });
  const size = predictSize(header, resolution, { keys: keys ?? [] });
  const report = { source: model, resolution, needsImatrix: needsAnyImatrix(resolution), size };
  if (output !== undefined) await writeText(output, toTensorTypeFile(resolution));
  if (flags.json) printDocument(terminal, resolveDocument(report));
  else if (flags.tensorTypeFile) terminal.out(toTensorTypeFile(resolution));
  // A result that is in a file needs no words.
  else if (!(flags.quiet && output !== undefined)) terminal.out(renderResolution(report, flags, terminal.stdout));
}

/** What `clone` is asked for. */
export type CloneFlags = SharedFlags & Pick<ResolveFlags, 'output' | 'force'>;

/** Prints the recipe that a file was made by, or writes it to a file. */
export async function cloneFrom(terminal: Terminal, source: string, flags: CloneFlags): Promise<void> {
  const { output, force } = flags;
  if (output !== undefined) await requireNewText(output, shardPaths(source), force);
  const header = await modelHeader(terminal, source);
  const clone = cloneRecipe(header, recipeNameOf(source));
  const isJson = output !== undefined && /\.json$/i.test(output);
  const text = recipeText(clone.recipe, isJson ? 'json' : 'yaml');
  if (output !== undefined) await writeText(output, text);
  if (flags.json) return printDocument(terminal, cloneDocument(source, clone));
  for (const note of clone.notes) terminal.err(`ggufix: note: ${printable(note)}\n`);
  if (output === undefined) terminal.out(text);
  else if (!flags.quiet)
    terminal.out(`${printable(output)}: ${Object.keys(clone.recipe.pins).length} tensors pinned\n`);
}

async function modelHeader(terminal: Terminal, file: string): Promise<Header> {
  await noteJournal(terminal, file);
  await using model = await openModel(file, terminal.signal);
  return model.header;
}

/** What llama-quantize will note of an importance matrix that is given to it by this path. */
async function keysOfImatrix(file: string, signal: AbortSignal): Promise<KeyValue[]> {
  await using source = await openFile(file);
  const { datasets, entries, chunkCount } = await readImatrix(source, signal);
  return imatrixKeys({ file, dataset: datasets[0], entries: entries.size, chunks: chunkCount });
}

function printDocument(terminal: Terminal, document: RecipeDocument): void {
  terminal.out(`${JSON.stringify(document, null, 2)}\n`);
}
