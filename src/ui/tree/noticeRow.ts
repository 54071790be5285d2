import type { NoticeNode } from './node.ts';
import type { Row } from './render.ts';

/** The row that stands in the place of what is not there. */
export function renderNotice({ sight }: NoticeNode): Row {
  const common = { contextValue: 'notice', expandable: false };
  switch (sight.kind) {
    case 'noCaches':
      return {
        ...common,
        label: 'No caches here',
        description: 'show all ConfigMaps to track one',
        tooltip: () => ['No ConfigMap here is labelled, annotated or named as a cache.'],
        icon: 'circle-slash',
      };
    case 'noKeys':
      return {
        ...common,
        label: 'No keys',
        description: 'refresh from a file or URL to add one',
        tooltip: () => ['The ConfigMap holds nothing.'],
        icon: 'circle-slash',
      };
    case 'noReaders':
      return {
        ...common,
        label: 'No readers found',
        description: 'nothing here refers to it',
        tooltip: () => ['No workload or workflow of this namespace refers to the ConfigMap.'],
        icon: 'circle-slash',
      };
    case 'unknownKinds':
      return {
        ...common,
        label: 'There may be more',
        description: `not known: ${sight.unknown.map(({ kind }) => kind).join(', ')}`,
        tooltip: () => sight.unknown.map(({ failure }) => failure.message),
        icon: 'question',
      };
    case 'failure':
      return { ...common, ...FAILURES[sightOf(sight.failure.reason)], ...failureWords(sight) };
  }
}

function failureWords({ failure }: Extract<NoticeNode['sight'], { kind: 'failure' }>) {
  return {
    description: failure.message,
    tooltip: () => [failure.message, ...(failure.detail === undefined ? [] : [failure.detail])],
    nextStep: failure.nextStep,
    contextValue: `notice ${failure.nextStep}`,
  };
}

type TroubleSight = 'forbidden' | 'unreachable' | 'failed';

function sightOf(reason: string): TroubleSight {
  if (reason === 'Forbidden') return 'forbidden';
  return reason === 'Unreachable' || reason === 'Timeout' ? 'unreachable' : 'failed';
}

const FAILURES: Readonly<Record<TroubleSight, Pick<Row, 'label' | 'icon' | 'tint'>>> = {
  forbidden: { label: 'Not allowed', icon: 'lock', tint: 'warning' },
  unreachable: { label: 'Cannot be reached', icon: 'debug-disconnect', tint: 'error' },
  failed: { label: 'Could not be read', icon: 'error', tint: 'error' },
};
