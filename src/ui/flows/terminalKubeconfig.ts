import path from 'node:path';
import { setting } from '../settings.ts';
import type { Session } from './session.ts';

/** The files that are read here, where a terminal would read others. */
export async function kubeconfigOf({ choice }: Session): Promise<string | undefined> {
  if (setting('kubeconfig') === '') return undefined;
  return (await choice.all()).files.join(path.delimiter);
}
