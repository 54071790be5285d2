import { recommend, type Circumstances, type Strategy } from './strategy.ts';

/** What a person calls them. */
export const STRATEGY_NAMES: Readonly<Record<Strategy, string>> = {
  manual: 'By hand',
  scheduled: 'On a schedule',
  eventDriven: 'On events',
};

/** The three strategies side by side as Markdown, and the one that is recommended, with the reason. */
export function strategyPage(place: string, circumstances: Circumstances): string {
  const { strategy, reason } = recommend(circumstances);
  const names = Object.values(STRATEGY_NAMES);
  const events = circumstances.hasEvents
    ? 'Argo Events, which this cluster has'
    : 'Argo Events, which is not in this cluster; without it a CronWorkflow or CronJob asks the source';
  const rows = [
    ['', ...names],
    ['---', '---', '---', '---'],
    ['Who starts it', 'a person', 'the clock', 'the source, or a change in the cluster'],
    ['Content is old for', 'as long as nobody thinks of it', 'one interval at most', 'seconds'],
    [
      'What runs',
      'nothing',
      'a CronJob with a role for this one ConfigMap',
      'EventSource, Sensor, workflow',
    ],
    ['What it needs', 'kubectl, curl and jq on a desk', 'nothing beside Kubernetes', events],
    [
      'How it fails',
      'is forgotten',
      'a run fails, and its reason is in the pod',
      'an event is lost: pair it with a rare schedule',
    ],
    ['What is scaffolded', 'a script', 'manifests', 'manifests'],
  ];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const title = place.replace(/[\\`*_{}[\]<>()#+!|~]/g, '\\$&').replace(/\s+/g, ' ');
  return `# Refresh of ${title}\n\n**Recommended: ${STRATEGY_NAMES[strategy].toLowerCase()}.** ${reason}\n\n${table}\n\nEach of the three checks what came before it writes, and none writes less than half of what is there, in entries or in bytes. Mounted files follow the cache after up to about 2 minutes.\n`;
}
