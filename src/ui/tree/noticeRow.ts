import type { NoticeNode, Sight } from './node.ts';
import type { Row } from './render.ts';

/** The row that stands in the place of what is not there. */
export function renderNotice({ sight }: NoticeNode): Row {
  return { contextValue: 'notice', expandable: false, ...wordsOf(sight) };
}

type Words = Pick<Row, 'label' | 'description' | 'tooltip' | 'icon'> & Partial<Row>;

function wordsOf(sight: Sight): Words {
  switch (sight.kind) {
    case 'noCaches':
    case 'noKeys':
    case 'noReaders':
      return NOTHING[sight.kind];
    case 'ended':
      return {
        label: `${sight.ended} more ${sight.ended === 1 ? 'has' : 'have'} ended`,
        description: 'Jobs, Workflows or Pods',
        tooltip: () => ['They referred to the ConfigMap and never read it again.'],
        icon: 'history',
      };
    case 'unknownKinds':
      return {
        label: 'There may be more',
        description: `not known: ${sight.unknown.map(({ kind }) => kind).join(', ')}`,
        tooltip: () => sight.unknown.map(({ failure }) => failure.message),
        icon: 'question',
      };
    case 'failure':
      return { ...FAILURES[sightOf(sight.failure.reason)], ...failureWords(sight) };
  }
}

const NOTHING: Readonly<Record<'noCaches' | 'noKeys' | 'noReaders', Words>> = {
  noCaches: {
    label: 'No caches here',
    description: 'show all ConfigMaps to track one',
    tooltip: () => ['No ConfigMap here is labelled, annotated or named as a cache.'],
    icon: 'circle-slash',
  },
  noKeys: {
    label: 'No keys',
    description: 'refresh from a file or URL to add one',
    tooltip: () => ['The ConfigMap holds nothing.'],
    icon: 'circle-slash',
  },
  noReaders: {
    label: 'No readers found',
    description: 'nothing here refers to it',
    tooltip: () => [
      'No workload or workflow of this namespace refers to the ConfigMap.',
      'Show Readers also looks through other namespaces.',
    ],
    icon: 'circle-slash',
  },
};

function failureWords({ failure }: Extract<Sight, { kind: 'failure' }>) {
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
