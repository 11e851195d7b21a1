import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, program } from '@noroshi/kit/testing.ts';
import { folder, noroshi } from '../testing.ts';
import { SHELLS } from './shells.ts';

function script(shell: string): string {
  const { code, out } = noroshi(['completion', shell]);
  assert.equal(code, 0);
  return out;
}

for (const shell of ['bash', 'zsh', 'fish']) {
  const options = shell === 'bash' ? {} : { skip: program(shell).missing ?? false };
  test(`completion ${shell}: ${shell} can read it`, options, (context) => {
    const file = join(folder(context), 'script');
    writeFileSync(file, script(shell));
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
}

test('completion: every shell hears of every verb and option', () => {
  for (const shell of SHELLS) {
    const text = script(shell);
    for (const word of ['analyze', 'packets', 'flows', 'simulate', 'backscatter', 'mirai', 'zstd']) {
      assert.ok(text.includes(word), word);
    }
    for (const option of ['max-rows', 'geo', 'verify']) assert.ok(text.includes(option), option);
  }
});

const ASKED: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [['noroshi', 'a'], ['analyze']],
  [['noroshi', 'analyze', '--j'], ['--json']],
  [['noroshi', 'packets', '--class', 'ba'], ['backscatter']],
  [['noroshi', 'analyze', 'my'], ['my capture.pcap']],
  [['noroshi', 'flows', '--out', 'my'], ['my capture.pcap']],
  [['noroshi', 'help', 'm'], ['marks']],
  [['noroshi', 'analyze', '--top', ''], []],
];

test(
  'completion bash: offers verbs, options, words and files with blanks in their names',
  needs(program('bash')),
  (context) => {
    const cwd = folder(context);
    writeFileSync(join(cwd, 'my capture.pcap'), '');
    writeFileSync(join(cwd, '.script'), script('bash'));
    for (const [typed, offered] of ASKED) {
      const quoted = typed.map((word) => `'${word}'`).join(' ');
      const ask = `source .script; COMP_WORDS=(${quoted}); COMP_CWORD=${typed.length - 1}; _noroshi; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = spawnSync('bash', ['-c', ask], { cwd, encoding: 'utf8' });
      assert.deepEqual(
        stdout.split('\n').filter((line) => line !== ''),
        offered,
        typed.join(' '),
      );
    }
  },
);
