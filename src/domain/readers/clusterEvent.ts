import { onOneLine } from '../text.ts';
import { fieldsOf, numberOr, textOr, type Fields } from './json.ts';

/** Something that the cluster told about an object. `time` is RFC 3339. */
export interface ClusterEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly time: string;
  readonly count: number;
}

/** An Event as the API server sends it, in either of its two forms. Source: core/v1 and events.k8s.io/v1. */
export function clusterEventOf(root: Fields): ClusterEvent {
  const series = fieldsOf(root['series']);
  const times = [series['lastObservedTime'], root['lastTimestamp'], root['eventTime']];
  return {
    type: textOr(root['type']),
    reason: textOr(root['reason']),
    message: textOr(root['message']),
    time: times.map(textOr).find((time) => time !== '') ?? '',
    count: numberOr(series['count'], numberOr(root['count'], 1)),
  };
}

/** An event as a line: when, what, and the cluster's own words. */
export function eventLine({ time, type, reason, message, count }: ClusterEvent): string {
  const often = count > 1 ? ` (${count} times)` : '';
  return onOneLine(`${time}  ${type}  ${reason}: ${message}${often}`);
}
