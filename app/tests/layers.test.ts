// The linter holds the layers apart; this holds the linter to it.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { ESLint } from 'eslint';

declare const REPOSITORY: string;

/** Messages of the rules about layers for one line in that file of a layer. */
async function complaints(file: string, line: string): Promise<string[]> {
  const eslint = new ESLint({
    cwd: path.join(REPOSITORY, 'app'),
    // The file is not there, so that nothing can be asked that needs its types.
    overrideConfig: { languageOptions: { parserOptions: { project: null } } },
    ruleFilter: ({ ruleId }) => ruleId.startsWith('no-restricted-'),
  });
  const [result] = await eslint.lintText(line, { filePath: path.join(REPOSITORY, 'app', file) });
  return (result?.messages ?? []).map((message) => message.message);
}

const from = (file: string): string => `export * from '${file}';\n`;

test('a layer imports itself and those before it, and no other', async () => {
  const order = ['protocol', 'connection', 'telephony', 'views'];
  for (const [index, layer] of order.entries()) {
    for (const [other, name] of order.entries()) {
      if (other === index) continue;
      const found = await complaints(`${layer}/x.ts`, from(`../${name}/y.ts`));
      assert.equal(found.length, other > index ? 1 : 0, `${layer} imports ${name}`);
    }
    const host = await complaints(`${layer}/x.ts`, from('../host/y.ts'));
    assert.equal(host.length, layer === 'views' ? 0 : 1, `${layer} imports host`);
    assert.equal((await complaints(`host/x.ts`, from(`../${layer}/y.ts`))).length, 1);
  }
});

test('the rules hold for components, too', async () => {
  for (const layer of ['telephony', 'host']) {
    assert.equal((await complaints(`${layer}/x.tsx`, from('../views/y.tsx'))).length, 1, layer);
  }
  assert.equal((await complaints('views/x.tsx', from('../host/y.ts'))).length, 0);
  for (const other of ['gallery', 'tests']) {
    assert.equal((await complaints('views/x.tsx', from(`../${other}/y.ts`))).length, 1, other);
  }
});

test('a view can neither set markup nor carry a style', async () => {
  for (const attribute of ['style="color: red"', 'dangerouslySetInnerHTML={{ __html: x }}']) {
    const line = `export const a = <p ${attribute} />;\n`;
    assert.equal((await complaints('views/x.tsx', line)).length, 1, attribute);
  }
});

test('the protocol neither waits nor reads a clock nor draws lots', async () => {
  for (const line of ['Date.now();\n', 'setTimeout(() => 1, 1);\n', 'Math.random();\n']) {
    assert.equal((await complaints('protocol/x.ts', line)).length, 1, line);
  }
  assert.equal((await complaints('protocol/x.ts', from('node:fs'))).length, 1);
});
