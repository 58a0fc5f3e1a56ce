import path from 'node:path';
import { badOption } from '../../errors.js';
import { parseShardName } from '../../sources/shard-name.js';
import type { Layout } from '../layout.js';
import type { SurveyedModel, SurveyedOutput } from './surveyed.js';

/** Throws `bad-option` where two outputs would be one file, where one would replace a model, or move one away from others. */
export function refuseCollisions(models: readonly SurveyedModel[], { root }: Pick<Layout, 'root'>): void {
  refuseTwice(models);
  refuseModels(models, root);
  refuseMoving(models);
}

/** Two outputs at one place, also where only the case differs: file systems of other machines may not tell them apart. */
function refuseTwice(models: readonly SurveyedModel[]): void {
  const owners = new Map<string, string>();
  for (const { id, imatrix, outputs } of models) {
    const made = outputs.filter((each) => each.isNameless !== true).map(({ path: out, wanted }) => [out, wanted.label]);
    if (imatrix?.kind === 'make') made.push([imatrix.path, 'imatrix']);
    for (const [out = '', label = ''] of made) {
      const owner = `${label} of ${id}`;
      const other = owners.get(out.toLowerCase());
      owners.set(out.toLowerCase(), owner);
      if (other !== undefined)
        throw badOption(`${other} and ${owner} would both be written to ${out}: give them other names`);
    }
  }
}

/** An output at the place of a model, which `existing: overwrite` would replace. */
function refuseModels(models: readonly SurveyedModel[], root: string): void {
  const files = new Set(models.flatMap((model) => model.files.map((file) => file.toLowerCase())));
  // Shards of an output that is called as those of a model.
  const sets = new Set(models.map(({ files: [first] }) => setOf(first).toLowerCase()));
  for (const { id, outputs } of models) {
    for (const output of outputs.filter((each) => each.isNameless !== true && !isInPlace(each))) {
      const place = path.resolve(root, output.path).toLowerCase();
      if (!files.has(place) && !sets.has(place)) continue;
      throw badOption(
        `${output.wanted.label} of ${id} would be written over a model, to ${output.path}: give it another name`,
      );
    }
  }
}

function setOf(file: string): string {
  const shard = parseShardName(path.basename(file));
  return shard === undefined ? file : path.join(path.dirname(file), `${shard.prefix}${shard.extension}`);
}

/** A model that is repaired in place is another one afterwards: nothing else can be made of it meanwhile. */
function refuseMoving(models: readonly SurveyedModel[]): void {
  const byFile = new Map<string, SurveyedOutput[]>();
  for (const { files, outputs } of models) byFile.set(files[0], [...(byFile.get(files[0]) ?? []), ...outputs]);
  for (const [file, outputs] of byFile) {
    if (outputs.length === 1 || !outputs.some(isInPlace)) continue;
    const labels = outputs.map(({ wanted }) => wanted.label).join(', ');
    throw badOption(
      `${file} is to be fixed in place and is used for other outputs (${labels}): do one after the other, with two manifests`,
    );
  }
}

function isInPlace({ wanted: { making } }: SurveyedOutput): boolean {
  return making.kind === 'fix' && making.inPlace;
}
