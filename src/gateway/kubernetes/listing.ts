import { answerFailure } from './apiFailure.ts';
import { selectorOf, type Followed, type Following } from './followed.ts';
import type { ApiRequest, Transport } from './transport.ts';
import type { ApiObject } from './translate.ts';

/** Objects that are asked for at first: what a person sees at once must not wait for a large cluster. */
const FIRST_PAGE = 500;

/** A version cannot be watched from any more: list again, at once. */
export class Expired extends Error {}

/** All objects, and the version to watch from; the first of many are told before the others have come. */
export async function list<T>(
  followed: Followed<T>,
  transport: Transport,
  { listener, signal }: Following<T>,
): Promise<{ readonly objects: readonly ApiObject[]; readonly resourceVersion: string }> {
  const { asked, path, accept, translate, isWhole } = followed;
  const page = async (part: Readonly<Record<string, string>>): Promise<Page> => {
    const query = new URLSearchParams({ ...selectorOf(followed), ...part });
    const call: ApiRequest = {
      method: 'GET',
      path: `${path}?${query.toString()}`,
      accept: accept('PartialObjectMetadataList'),
    };
    const answer = await transport.send(call, signal);
    if (answer.status === 410) throw new Expired();
    if (answer.status !== 200) throw answerFailure(asked, answer);
    return JSON.parse(answer.body.toString('utf8')) as Page;
  };
  const first = await page(isWhole === true ? {} : { limit: String(FIRST_PAGE) });
  const objects = first.items ?? [];
  const { continue: next = '', resourceVersion } = first.metadata;
  if (next === '') return { objects, resourceVersion };
  listener({ kind: 'begun', items: objects.map(translate) });
  const rest = await page({ continue: next });
  return { objects: [...objects, ...(rest.items ?? [])], resourceVersion };
}

/** A list, or a part of one that `continue` goes on from. */
interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  /** An empty list of metadata comes as null. */
  readonly items: readonly ApiObject[] | null;
}

/** Looks at one object for somebody who may not follow it, but perhaps get it. Throws where that fails. */
export async function look<T>(
  { asked, path, name, accept, translate }: Followed<T>,
  connect: () => Promise<Transport>,
  { listener, signal }: Following<T>,
): Promise<void> {
  if (name === undefined) return;
  const call: ApiRequest = {
    method: 'GET',
    path: `${path}/${encodeURIComponent(name)}`,
    accept: accept('PartialObjectMetadata'),
  };
  const answer = await (await connect()).send(call, signal);
  if (answer.status === 404) {
    listener({ kind: 'all', items: [] });
    return;
  }
  if (answer.status !== 200) throw answerFailure(asked, answer);
  const object = JSON.parse(answer.body.toString('utf8')) as ApiObject;
  listener({ kind: 'all', items: [translate(object)] });
}
