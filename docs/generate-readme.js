// Fills the console blocks of README.md with what the commands print. Run after `npm run build`.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'ggufix-readme-'));

/** What a command prints; its exit code is its own affair. Times differ from run to run, so they are left out. */
function outputOf(argv) {
  let text;
  try {
    text = execFileSync(process.execPath, [path.join(root, 'bin', 'ggufix.js'), ...argv], { cwd: folder });
  } catch (error) {
    if (error.stdout === undefined) throw error;
    text = error.stdout;
  }
  return text.toString().replace(/ in [\d.]+ s\b/g, '');
}

/** A block whose commands are followed by what they print, in order: later ones see what earlier ones did. */
function filled(block) {
  const commands = block.split('\n').filter((line) => line.startsWith('$ ggufix '));
  const texts = commands.map((line) => `${line}\n${outputOf(line.slice('$ ggufix '.length).split(' '))}`);
  return `\`\`\`console\n${texts.join('\n')}\`\`\``;
}

try {
  copyFileSync(path.join(root, 'fixtures/demo/gemma-3n-demo-Q4_K_M.gguf'), path.join(folder, 'model.gguf'));
  const template = "{{ bos_token }}{% for message in messages %}{{ message['content'] }}{% endfor %}\n";
  writeFileSync(path.join(folder, 'template.jinja'), template);
  // The demo's model in full precision, as far as its quants allow: something to quantize.
  outputOf('quantize model.gguf model-BF16.gguf --type BF16 --allow-requantize --engine embedded'.split(' '));
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  writeFileSync(
    path.join(root, 'README.md'),
    readme.replace(/```console\n[\s\S]*?```/g, (block) => filled(block)),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
