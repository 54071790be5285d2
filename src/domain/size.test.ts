import assert from 'node:assert/strict';
import {
  annotationSentence,
  fitOf,
  lastAppliedSentence,
  MAX_ANNOTATION_BYTES,
  MAX_VALUE_BYTES,
  NEAR_LIMIT_BYTES,
  printBytes,
  printCount,
  printValueBytes,
} from './size.ts';

describe('The size of a ConfigMap', () => {
  it('has the limits of Kubernetes and of this extension', () => {
    assert.equal(MAX_VALUE_BYTES, 1_048_576);
    assert.equal(NEAR_LIMIT_BYTES, 921_600);
  });

  const fits = [
    [0, 'fits'],
    [921_600, 'fits'],
    [921_601, 'near'],
    [1_048_575, 'near'],
    [1_048_576, 'near'],
    [1_048_577, 'over'],
    [8_388_608, 'over'],
  ] as const;
  for (const [bytes, fit] of fits) {
    it(`of ${bytes} bytes: ${fit}`, () => {
      assert.equal(fitOf(bytes), fit);
    });
  }
});

describe('A number of bytes in words', () => {
  const words = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [17, '17 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KB'],
    [1536, '1.5 KB'],
    [10 * 1024, '10 KB'],
    [48 * 1024, '48 KB'],
    [921_600, '900 KB'],
    [1_048_576, '1.0 MB'],
    [8 * 1_048_576, '8.0 MB'],
  ] as const;
  for (const [bytes, text] of words) {
    it(`says ${text} for ${bytes}`, () => {
      assert.equal(printBytes(bytes), text);
    });
  }

  it('never says 1024 of a unit, and keeps one decimal below ten only', () => {
    for (let bytes = 1000; bytes < 12 * 1_048_576; bytes += 61) {
      const text = printBytes(bytes);
      assert.ok(!text.startsWith('1024 '), `${bytes}: ${text}`);
      assert.match(text, /^(\d{1,4} bytes|\d\.\d [KM]B|[1-9]\d{1,3} [KM]B)$/, `${bytes}`);
    }
  });

  it('never gets smaller as the number grows', () => {
    const units: Record<string, number> = { bytes: 1, KB: 1024, MB: 1_048_576 };
    let previous = 0;
    for (let bytes = 2; bytes < 3 * 1_048_576; bytes += 97) {
      const [amount, unit] = printBytes(bytes).split(' ');
      const said = Number(amount) * (units[unit ?? ''] ?? Number.NaN);
      assert.ok(said >= previous, `${bytes}: ${printBytes(bytes)}`);
      previous = said;
    }
  });
});

describe('A count in words', () => {
  const words = [
    [0, '0 entries'],
    [1, '1 entry'],
    [2, '2 entries'],
    [999, '999 entries'],
    [1000, '1,000 entries'],
    [1_234_567, '1,234,567 entries'],
  ] as const;
  for (const [count, text] of words) {
    it(`says ${text}`, () => {
      assert.equal(printCount(count, 'entry', 'entries'), text);
    });
  }
});

describe('Value bytes in words', () => {
  const words = [
    [0, '0 bytes'],
    [1024, '1.0 KB'],
    [511_999, '500 KB'],
    [512_000, '500 KB of 1.0 MB'],
    [921_600, '900 KB of 1.0 MB'],
    [921_601, '900 KB of 1.0 MB, near the limit'],
    [1_048_576, '1.0 MB of 1.0 MB, near the limit'],
  ] as const;
  for (const [bytes, text] of words) {
    it(`say ${text} for ${bytes}`, () => {
      assert.equal(printValueBytes(bytes), text);
    });
  }
});

describe('What is said of annotations', () => {
  it('stands against the limit of apimachinery', () => {
    assert.equal(MAX_ANNOTATION_BYTES, 256 * 1024);
  });

  const sentences = [
    [0, undefined],
    [131_071, undefined],
    [131_072, /^Its annotations take 128 KB of the 256 KB that they may\.$/],
    [262_144, /^Its annotations take 256 KB of the 256 KB that they may\.$/],
  ] as const;
  for (const [bytes, sentence] of sentences) {
    it(`is ${sentence === undefined ? 'nothing' : 'a sentence'} for ${bytes} bytes`, () => {
      const said = annotationSentence(bytes);
      if (sentence === undefined) assert.equal(said, undefined);
      else assert.match(said ?? '', sentence);
    });
  }

  it('is the copy of kubectl where there is one, its size and what takes it away', () => {
    assert.equal(lastAppliedSentence(0), undefined);
    for (const [bytes, words] of [
      [1, /, 1 byte: /],
      [49_152, /, 48 KB: /],
    ] as const) {
      const said = lastAppliedSentence(bytes) ?? '';
      for (const part of [/^kubectl apply left a copy/, words, /Remove Last-Applied Copy/, /\.$/]) {
        assert.match(said, part);
      }
    }
  });
});
