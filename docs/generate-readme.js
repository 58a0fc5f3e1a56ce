// Fills the console block of README.md with what the commands print. Run after `npm run build`.
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

try {
  copyFileSync(path.join(root, 'fixtures/demo/gemma-3n-demo-Q4_K_M.gguf'), path.join(folder, 'model.gguf'));
  const template = "{{ bos_token }}{% for message in messages %}{{ message['content'] }}{% endfor %}\n";
  writeFileSync(path.join(folder, 'template.jinja'), template);
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const [block] = /```console\n[\s\S]*?```/.exec(readme);
  const commands = block.split('\n').filter((line) => line.startsWith('$ ggufix '));
  const filled = commands.map((line) => `${line}\n${outputOf(line.slice('$ ggufix '.length).split(' '))}`).join('\n');
  writeFileSync(
    path.join(root, 'README.md'),
    readme.replace(block, () => `\`\`\`console\n${filled}\`\`\``),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
