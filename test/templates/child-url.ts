import { existsSync } from 'node:fs';

/** The built child: a process of node 20 cannot load TypeScript. */
export const childUrl = new URL('../../dist/templates/child.js', import.meta.url);

/** Whether it is there: `npm run build` makes it. */
export const isChildBuilt = existsSync(childUrl);
