import type { QuickPickItem } from 'vscode';
import { problemOfKey, problemOfName, type CacheContent } from '../../../domain/cache.ts';
import { formatOf, type Format } from '../../../domain/content/content.ts';
import {
  noteOnJobUrl,
  problemOfJobUrl,
  type RefreshJob,
} from '../../../domain/manifests/refreshJob.ts';
import { parseDuration } from '../../../domain/freshness.ts';
import { askForOne, askForText, BACK, type Answer, type Frame, type Step } from '../../steps.ts';

/** What every refresh from a URL is asked about. */
export type RefreshAnswers = Pick<RefreshJob, 'url' | 'key' | 'format' | 'header' | 'maxAge'>;

const FORMATS: readonly (QuickPickItem & { readonly label: Format })[] = [
  {
    label: 'JSON',
    description: 'must parse, and have half the entries and bytes of before at least',
  },
  {
    label: 'YAML',
    description: 'must parse, and have half the entries and bytes of before at least',
  },
  { label: 'properties', description: 'must have half the entries and bytes of before at least' },
  { label: 'text', description: 'must be UTF-8, and half as large as before at least' },
  { label: 'binary', description: 'must be half as large as before at least' },
];

const NO_BYTES = new Uint8Array();

/** The format that a key of a cache has, or will have by its name. */
export function formatIn(cache: CacheContent | undefined, key: string): Format {
  return formatOf(key, cache?.values.get(key)?.bytes ?? NO_BYTES);
}

/** Asks for the URL of the source, which pods fetch, or a script on a desk. */
export function urlStep<A extends RefreshAnswers>(by: 'pods' | 'script'): Step<A> {
  const file = by === 'pods' ? 'manifest' : 'script';
  const usual = `It stands in the ${file} for all to read, with its query`;
  return {
    ask: async (answers, frame) => {
      const url = await askForText(frame, {
        prompt: (text) => `URL of the source. ${(by === 'pods' && noteOnJobUrl(text)) || usual}`,
        placeHolder: 'https://example.com/mappings.json',
        value: answers.url,
        problemOf: problemOfJobUrl,
      });
      return isGiven(url) ? { ...answers, url } : url;
    },
  };
}

/** Asks for the key that is refreshed: one that is there, or a new one. */
export function keyStep<A extends RefreshAnswers>(cache: CacheContent | undefined): Step<A> {
  return {
    ask: async (answers, frame) => {
      const key = await askForKey(cache?.keys ?? [], answers.key, frame);
      return isGiven(key) ? { ...answers, key, format: formatIn(cache, key) } : key;
    },
  };
}

async function askForKey(
  keys: readonly string[],
  value: string,
  frame: Frame,
): Promise<Answer<string>> {
  const another = '$(add) A new key...';
  while (keys.length > 0) {
    const items = [...keys.map((label) => ({ label })), { label: another, alwaysShow: true }];
    const active = ({ label }: QuickPickItem) => label === value;
    const picked = await askForOne(frame, { items, placeHolder: 'Key to refresh', active });
    if (!isGiven(picked)) return picked;
    if (picked.label !== another) return picked.label;
    const named = await askForNewKey(value, { ...frame, step: Math.max(frame.step ?? 2, 2) });
    if (named !== BACK) return named;
  }
  return await askForNewKey(value, frame);
}

async function askForNewKey(value: string, frame: Frame): Promise<Answer<string>> {
  return await askForText(frame, {
    prompt: 'New key, which the first run creates',
    placeHolder: 'mappings.json',
    value,
    problemOf: (text) => notAllowed(problemOfKey(text)),
  });
}

/** Asks as what the content is checked before it is written. */
export function formatStep<A extends RefreshAnswers>(): Step<A> {
  return {
    ask: async (answers, frame) => {
      const picked = await askForOne(frame, {
        items: FORMATS,
        placeHolder: `What ${answers.key} is checked as before it is written`,
        active: ({ label }) => label === answers.format,
      });
      return isGiven(picked) ? { ...answers, format: picked.label } : picked;
    },
  };
}

/** Asks whether the source wants a header, and for the Secret that holds it: names, never a value. */
export function headerSteps<A extends RefreshAnswers>(namespace: string): readonly Step<A>[] {
  const isWanted = ({ header }: A) => header !== undefined;
  return [
    { ask: askForHeader },
    {
      isWanted,
      ask: async (answers, frame) => {
        const secret = await askForText(frame, {
          prompt: `Secret in namespace ${namespace} that holds the header`,
          placeHolder: 'source-credentials',
          value: answers.header?.secret ?? '',
          problemOf: (text) => notAllowed(problemOfName(text)),
        });
        const { key = 'header' } = answers.header ?? {};
        return isGiven(secret) ? { ...answers, header: { secret, key } } : secret;
      },
    },
    {
      isWanted,
      ask: async (answers, frame) => {
        const key = await askForText(frame, {
          prompt: 'Key of it with the whole header, such as Authorization: Bearer ...',
          value: answers.header?.key ?? '',
          problemOf: (text) => notAllowed(problemOfKey(text)),
        });
        const { secret = '' } = answers.header ?? {};
        return isGiven(key) ? { ...answers, header: { secret, key } } : key;
      },
    },
  ];
}

/** True where all that is sent to a URL can be read on the way. */
function isPlain(url: string): boolean {
  return new URL(url).protocol === 'http:';
}

async function askForHeader<A extends RefreshAnswers>(
  answers: A,
  frame: Frame,
): Promise<Answer<A>> {
  const items = [
    { label: '$(globe) No credentials', header: undefined },
    {
      label: '$(key) A header from a Secret',
      description: `only its name stands in the manifest${isPlain(answers.url) ? '; sent unencrypted, since the URL is http' : ''}`,
      header: answers.header ?? { secret: '', key: 'header' },
    },
  ];
  const picked = await askForOne(frame, {
    items,
    placeHolder: 'Credentials that the source wants',
    active: ({ header }) => (header === undefined) === (answers.header === undefined),
  });
  return isGiven(picked) ? { ...answers, header: picked.header } : picked;
}

/** Asks after which time the content counts as stale. */
export function ageStep<A extends RefreshAnswers>(): Step<A> {
  return {
    ask: async (answers, frame) => {
      const text = await askForText(frame, {
        prompt: 'Age from which the content counts as stale, such as 24h or 7d; empty for none',
        value: answers.maxAge ?? '',
        problemOf: problemOfAge,
      });
      return isGiven(text) ? { ...answers, maxAge: text === '' ? undefined : text } : text;
    },
  };
}

function problemOfAge(text: string): string | undefined {
  if (text === '' || parseDuration(text) !== undefined) return undefined;
  return 'Type a duration such as 90m, 24h or 7d, or nothing.';
}

/** A phrase about what was typed as a sentence. */
export function notAllowed(problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `Not allowed: ${problem}.`;
}

/** True for an answer that is neither the way back nor none. */
export function isGiven<T>(answer: Answer<T>): answer is T {
  return answer !== BACK && answer !== undefined;
}
