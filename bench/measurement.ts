import { setScene, type Scene } from '../test/scene.ts';

/** One figure of the table. Every limit is an upper one: a ratio says how much of the other's time is ours. */
export interface Measurement {
  /** Begins with its subject: `activation: ...`, `bundle: ...`. */
  readonly name: string;
  readonly limit: number;
  readonly unit: string;
  readonly measure: (scenes: Scenes) => Promise<number>;
}

/** Sets one scene for all the measurements that need a cluster, when the first one asks. */
export class Scenes {
  #scene: Promise<Scene> | undefined;

  readonly get = (): Promise<Scene> => (this.#scene ??= setScene());

  /** Clears the scene, if one was set. */
  async clear(): Promise<void> {
    await (await this.#scene)?.clear();
  }
}
