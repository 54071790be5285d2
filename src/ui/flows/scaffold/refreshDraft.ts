import type { CacheContent } from '../../../domain/cache.ts';
import { factsOf } from '../../../domain/facts.ts';
import type { RefreshJob } from '../../../domain/manifests/refreshJob.ts';
import { lastUrl } from '../refresh/refreshFromUrl.ts';
import { formatIn } from './refreshSteps.ts';
import type { Session } from '../session.ts';
import type { Target } from '../target.ts';

/** What every scaffolded refresh is made of, whoever starts it. */
type Refresh = Pick<RefreshJob, 'cache' | 'key' | 'format' | 'url' | 'maxAge' | 'restarts'>;

/** The answers that a refresh begins with, from what is known of its key. */
export async function refreshDraft(
  session: Session,
  { ref, ...target }: Target,
  cache: CacheContent | undefined,
): Promise<Refresh & { readonly header: undefined }> {
  const key = target.key ?? cache?.keys[0] ?? '';
  return {
    cache: { namespace: ref.namespace, name: ref.name },
    key,
    format: formatIn(cache, key),
    url: (await lastUrl(session, { ref, key })) ?? '',
    header: undefined,
    maxAge: factsOf(cache?.annotations ?? {}, key).maxAge,
    restarts: [],
  };
}
