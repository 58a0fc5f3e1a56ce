import { Script } from 'node:vm';
import type { TemplateReply, TemplateRequest } from './protocol.js';
import { tryTemplate } from './render.js';

// The entry of the sandbox: tries one template after another until it is killed or its parent is gone.

/** When a template is stopped from within. The parent kills much sooner; this is for one that was killed itself. */
const LAST_RESORT_MS = 20_000;

for (const prototype of [Object.prototype, Array.prototype, String.prototype, Map.prototype]) Object.freeze(prototype);

process.on('message', (request: TemplateRequest) => {
  Object.defineProperty(globalThis, 'tryAll', { value: () => tellAll(request), configurable: true });
  new Script('tryAll()').runInThisContext({ timeout: LAST_RESORT_MS });
});

function tellAll(request: TemplateRequest): void {
  tell({ kind: 'started' });
  for (const reply of tryTemplate(request)) tell(reply);
}

function tell(reply: TemplateReply): void {
  process.send?.(reply);
}
