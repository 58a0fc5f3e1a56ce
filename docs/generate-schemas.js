// Writes the JSON Schemas of the config file, of batch manifests, of recipe files and of the documents that --json
// prints, from the zod schemas that the program itself uses. Needs `npm run build`.
import { writeFileSync } from 'node:fs';
import { manifestJsonSchema } from '../dist/batch/manifest/schema.js';
import { configJsonSchema } from '../dist/config/schema.js';
import { recipeFileJsonSchema } from '../dist/quantizer/recipes/schema.js';
import { DOCUMENT_SCHEMAS, documentJsonSchema } from '../dist/report/document-schemas.js';

function writeSchema(name, schema) {
  writeFileSync(new URL(`../schemas/${name}.schema.json`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}

writeSchema('config', configJsonSchema());
writeSchema('batch-manifest', manifestJsonSchema());
writeSchema('recipe-file', recipeFileJsonSchema());
for (const name of Object.keys(DOCUMENT_SCHEMAS)) writeSchema(name, documentJsonSchema(name));
