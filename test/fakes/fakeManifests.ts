import { printObject, type ManifestObject } from '../../src/domain/manifests/manifestObject.ts';
import type { Fields } from '../../src/domain/readers/json.ts';
import type {
  ApplyAnswer,
  ManifestCluster,
} from '../../src/operations/scaffold/manifestCluster.ts';

/** Objects in memory: each apply replaces what is there, and answers come from the test where it gives them. */
export class FakeManifests implements ManifestCluster {
  readonly objects = new Map<string, Fields>();
  /** What was written, in its order. */
  readonly written: string[] = [];
  /** What applying an object answers, trial or not, in place of doing it. */
  readonly answers = new Map<string, (isTrial: boolean) => ApplyAnswer | Error | undefined>();
  /** What every read throws from now on. */
  readFailure: Error | undefined;

  readonly readObject: ManifestCluster['readObject'] = async (object) => {
    await Promise.resolve();
    if (this.readFailure !== undefined) throw this.readFailure;
    return this.objects.get(printObject(object));
  };

  readonly applyObject: ManifestCluster['applyObject'] = async (object, { isTrial }) => {
    await Promise.resolve();
    const name = printObject(object);
    const answer = this.answers.get(name)?.(isTrial);
    if (answer instanceof Error) throw answer;
    if (answer !== undefined) return answer;
    if (!isTrial) this.#write(object);
    return { kind: 'applied', object: object.fields };
  };

  #write(object: ManifestObject): void {
    this.written.push(printObject(object));
    this.objects.set(printObject(object), object.fields);
  }
}
