// Writes the JSON Schema of the config file, for editors, from the zod schema that reads it. Needs `npm run build`.

import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../dist/config/schema.js';

const target = new URL('../schemas/config.schema.json', import.meta.url);
await writeFile(target, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
