import assert from 'node:assert/strict';
import { shellWord } from './shellWord.ts';

describe('a word of the shell', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['argo', 'argo'],
    ['arn:aws:eks:eu-west-1:1/demo', 'arn:aws:eks:eu-west-1:1/demo'],
    ['', "''"],
    ['two words', "'two words'"],
    ['~/config', "'~/config'"],
    ['a=b', "'a=b'"],
    ["it's", `'it'\\''s'`],
    ['$(id) `id` "x" \\', `'$(id) \`id\` "x" \\'`],
    ['a\nb', "'a\nb'"],
    ['é', "'é'"],
  ];
  for (const [text, word] of cases) {
    it(`is ${JSON.stringify(word)} for ${JSON.stringify(text)}`, () => {
      assert.equal(shellWord(text), word);
    });
  }
});
