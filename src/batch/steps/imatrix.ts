import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../../errors.js';
import { makeImatrix } from '../../quantizer/imatrix/make.js';
import { hashFiles } from '../../sources/hash-files.js';
import type { StepResult } from '../journal/record.js';
import { recordedFile } from '../layout.js';
import type { JobWork } from '../plan/work.js';
import type { StepContext } from './context.js';
import { requireTool } from './require-tool.js';

/** Makes the importance values of a model, in the output folder, where they are a result as well. */
export async function makeImatrixOf(
  { model, imatrix }: Extract<JobWork, { kind: 'imatrix' }>,
  { layout, tools, threads, signal, startWork }: StepContext,
): Promise<StepResult> {
  const out = recordedFile(layout, imatrix.path);
  await mkdir(path.dirname(out), { recursive: true });
  let display: ReturnType<typeof startWork> | undefined;
  const request = {
    model: model.files[0],
    text: imatrix.text,
    out,
    // It was made of what is no longer so, or by a run that did not come to note it.
    force: true,
    contextSize: undefined,
    chunks: imatrix.chunks,
    processOutput: false,
    parseSpecial: false,
    threads,
  };
  try {
    const { chunks = 0 } = await makeImatrix(requireTool(tools.imatrix, 'llama-imatrix'), request, {
      signal,
      onEvent: (event) => {
        if (event.kind === 'chunks')
          display ??= startWork({ label: 'make the imatrix', total: event.total, unit: 'items' });
        else if (event.kind === 'chunk') display?.update(event.done);
      },
    });
    const { size } = await stat(out);
    return {
      files: [{ path: imatrix.path, bytes: size, sha256: await hashFiles([out], signal) }],
      notes: [`${chunks} chunks`],
    };
  } finally {
    display?.end();
  }
}

/** Its path, if it is still as it was left. Rejects with `not-found`. */
export async function madeImatrix(key: string, { layout, resultOf }: StepContext): Promise<string> {
  const [file] = resultOf(key)?.files ?? [];
  if (file !== undefined) {
    const found = recordedFile(layout, file.path);
    if ((await stat(found).catch(() => undefined))?.size === file.bytes) return found;
  }
  throw new GgufError('not-found', 'the imatrix that was made is no longer there', {
    kind: 'file',
    name: file?.path ?? '',
  });
}
