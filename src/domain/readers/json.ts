/** An object of JSON, of whose fields nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads JSON that may be anything: Argo's kinds take any spec, and later versions of Kubernetes may have other
 * shapes. What is of another type than expected counts as absent and is kept apart.
 */
export class JsonReader {
  /** The parts that were of another type than expected. */
  readonly strange: unknown[] = [];

  /** The fields of an object; none where it is absent or something else. */
  fields(value: unknown): Fields {
    if (isFields(value)) return value;
    this.#keep(value);
    return {};
  }

  /** The objects in an array; none where it is absent or something else. */
  list(value: unknown): readonly Fields[] {
    if (!Array.isArray(value)) {
      this.#keep(value);
      return [];
    }
    const elements = value as readonly unknown[];
    for (const element of elements) if (!isFields(element)) this.#keep(element);
    return elements.filter(isFields);
  }

  /** A text; nothing where it is absent or something else. */
  text(value: unknown): string | undefined {
    if (typeof value === 'string') return value;
    this.#keep(value);
    return undefined;
  }

  #keep(value: unknown): void {
    if (value !== undefined && value !== null) this.strange.push(value);
  }
}

/** True for a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of a JSON object; none where it is something else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** A whole number of JSON, or what stands for it where there is none. */
export function numberOr(value: unknown, absent: number): number {
  return typeof value === 'number' ? value : absent;
}

/** A text of JSON; empty where there is none. */
export function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An array of JSON objects, without anything else that is in it. */
export function objectsIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
