import type { Header } from '../gguf/model.js';
import type { TemplateRuns } from '../templates/template-runs.js';
import { oneAtATime } from './one-at-a-time.js';

/** The template sandbox of a run: started with the first template, shared by all files, ended with the run. */
export interface LazySandbox extends AsyncDisposable {
  /** Tries the chat templates of a file. */
  run(header: Header, signal: AbortSignal): Promise<TemplateRuns>;
}

/** A sandbox that costs nothing until a file has a template. */
export function lazySandbox(): LazySandbox {
  // The child tries one template at a time, and files are looked at together.
  const inTurn = oneAtATime();
  const load = async () => {
    const { Sandbox, sandboxUrl } = await import('../templates/sandbox.js');
    return { sandbox: new Sandbox(sandboxUrl()), ...(await import('../templates/run-templates.js')) };
  };
  let loaded: ReturnType<typeof load> | undefined;
  return {
    async run(header, signal) {
      return await inTurn(async () => {
        loaded ??= load();
        const { sandbox, runTemplates } = await loaded;
        return await runTemplates(header, { signal, sandbox });
      });
    },
    async [Symbol.asyncDispose]() {
      const sandbox = (await loaded)?.sandbox;
      await sandbox?.[Symbol.asyncDispose]();
    },
  };
}
