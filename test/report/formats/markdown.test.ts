import { describe, expect, test } from 'vitest';
import type { CheckedFile } from '../../../src/report/check.js';
import { renderMarkdown } from '../../../src/report/formats/markdown.js';
import { finding, manyFindings, RUN } from './runs.js';

describe('the comment', () => {
  test('has the counts, a table of files with the worst first, and their findings to unfold', () => {
    const files: CheckedFile[] = [
      { source: 'clean.gguf', findings: [] },
      { source: 'broken.gguf', findings: [finding({ fix: { safety: 'safe', title: 'write it', edits: [] } })] },
      { source: 'gone.gguf', error: { code: 'ENOENT', message: 'no such file' } },
    ];
    expect(renderMarkdown(files)).toBe(`<!-- ggufix check -->
## ggufix check: 1 error, 0 warnings, 1 file not checked, in 3 files

| file | verdict | errors | warnings | infos |
| :--- | :--- | ---: | ---: | ---: |
| <code>gone.gguf</code> | not checked | | | |
| <code>broken.gguf</code> | fail | 1 | 0 | 0 |
| <code>clean.gguf</code> | pass | 0 | 0 | 0 |

<details><summary><code>gone.gguf</code>: not checked</summary>

- no such file (ENOENT)

</details>

<details><summary><code>broken.gguf</code>: 1 finding</summary>

- **error** key &#39;gemma3n.attention.shared&#95;kv&#95;layers&#39; is a float32, expected uint32 (<code>gemma3n/shared-kv-layers-type</code>, byte 120)
  - affects ollama &#62;=0.9.3
  - fix (safe)&#58; write it

</details>
`);
  });

  test('of no files says so', () => {
    expect(renderMarkdown([])).toBe('<!-- ggufix check -->\n## ggufix check: 0 errors, 0 warnings, in 0 files\n');
  });
});

describe('hostile text', () => {
  const lines = renderMarkdown(RUN).split('\n');
  const hostile = lines.filter((line) => line.includes('onerror'));

  test('is no markup: no tag, image, link, mention, reference to an issue, table cell or code', () => {
    expect(hostile).toHaveLength(5);
    for (const line of hostile) {
      const ours = line
        .replaceAll(/<\/?(code|details|summary)>|\*\*error\*\*|&#\d+;/g, '')
        .replace(/^\| | \| fail \| 1 \| 0 \| 0 \|$/g, '');
      expect(ours).not.toMatch(/[<>&"'`*_[\]|~\\$@#]|:\/\/|www\./);
      expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    }
  });

  test('mentions and issues are kept apart from their sign', () => {
    expect(hostile.every((line) => line.includes('&#64;&#8288;someone &#35;&#8288;1'))).toBe(true);
  });

  test('opens and closes nothing of ours', () => {
    const count = (tag: string): number => lines.filter((line) => line.startsWith(tag)).length;
    expect([count('<details>'), count('</details>')]).toEqual([3, 3]);
  });
});

describe('65,536 characters', () => {
  test('many findings: the worst are shown, and how many are not', () => {
    const text = renderMarkdown([manyFindings(5000, 'x'.repeat(100))]);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text.length).toBeGreaterThan(64_000);
    expect(text.indexOf('- **error**')).toBeLessThan(text.indexOf('- **warning**'));
    const shown = text.match(/^- \*\*/gm)?.length ?? 0;
    expect(text).toContain(`_${(5000 - shown).toLocaleString('en')} more findings not shown: `);
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
  });

  test('many files with findings of their own', () => {
    const files = Array.from({ length: 2000 }, (_, index) => ({
      source: `${index}-${'_'.repeat(60)}`,
      findings: [finding()],
    }));
    const text = renderMarkdown(files);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toMatch(/_1,9\d\d more files not listed: /);
    expect(text).toMatch(/_1,9\d\d more findings not shown: /);
  });

  test('one finding that is too long itself', () => {
    const text = renderMarkdown([{ source: 'a', findings: [finding({ message: '&'.repeat(65_536) })] }]);
    expect(text).toContain('_1 more finding not shown: ');
    expect(text).not.toContain('<details>');
  });
});
