/** How a cache is kept fresh: by a person, by the clock, or when something happens. */
export type Strategy = 'manual' | 'scheduled' | 'eventDriven';

/** What the choice depends on. */
export interface Circumstances {
  /** How often the data changes. */
  readonly changes: 'rarely' | 'regularly' | 'anyTime';
  /** Who knows when: the person who changes it, the source, which can tell others, or nobody. */
  readonly knows: 'person' | 'source' | 'nobody';
  /** How long readers may have old data. */
  readonly stale: 'days' | 'hours' | 'minutes';
  /** Whether the cluster has Argo Events, and Argo Workflows for what they start. */
  readonly hasEvents: boolean;
}

/** A strategy and the reason for it, in one or two sentences. */
export interface Advice {
  readonly strategy: Strategy;
  readonly reason: string;
}

/** How often a source is asked, in words and as a schedule of five fields. */
interface Rhythm {
  readonly words: string;
  readonly schedule: string;
}

/** Recommends the least that keeps the cache as fresh as it has to be. */
export function recommend({ changes, knows, stale, hasEvents }: Circumstances): Advice {
  if (knows === 'person' && changes === 'rarely') {
    return {
      strategy: 'manual',
      reason:
        'It changes rarely, and whoever changes it knows: a refresh by hand costs a minute, and nothing has to be kept running.',
    };
  }
  if (knows === 'source' && (changes === 'anyTime' || stale === 'minutes')) {
    if (hasEvents) {
      return {
        strategy: 'eventDriven',
        reason:
          'The source can tell when it has changed: the cache follows within seconds, mounted files within 2 minutes, and nothing is asked in between.',
      };
    }
    return {
      strategy: 'scheduled',
      reason: `The source could tell, but this cluster has no Argo Events to hear it: a job that asks ${RHYTHMS[stale].words} comes next, and a source with an ETag answers it cheaply.`,
    };
  }
  return {
    strategy: 'scheduled',
    reason: `${whyScheduled(changes, knows)} A job that asks ${RHYTHMS[stale].words} is enough.`,
  };
}

/** How often a source has to be asked for readers to have no older data than that. */
export const RHYTHMS: Readonly<Record<Circumstances['stale'], Rhythm>> = {
  // Not at an hour that zones with daylight saving leave out or have twice.
  days: { words: 'each night', schedule: '30 4 * * *' },
  hours: { words: 'each hour', schedule: '0 * * * *' },
  minutes: { words: 'every 5 minutes', schedule: '*/5 * * * *' },
};

function whyScheduled(changes: Circumstances['changes'], knows: Circumstances['knows']): string {
  switch (knows) {
    case 'person':
      return 'What a person has to think of again and again is forgotten.';
    case 'source':
      return changes === 'regularly'
        ? 'It changes at known times, and no event has to be heard for that.'
        : 'It changes rarely and nobody is in a hurry: no event has to be heard for that.';
    case 'nobody':
      return 'Nobody tells when it changes, so the source has to be asked.';
  }
}
