import type { PolicyRule } from '../cluster/users.ts';
import type { Manifest } from './argoRules.ts';

/** A Role without one of its rights. */
export interface LesserRole {
  /** What the API server says that the account cannot do. */
  readonly refusal: string;
  readonly role: Manifest;
}

/** A Role without each of its rights in turn. */
export function lesserRoles(role: Manifest): readonly LesserRole[] {
  const rules = role['rules'] as readonly PolicyRule[];
  return rules.flatMap((rule, index) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.map((verb) => {
        const verbs = rule.verbs.filter((each) => each !== verb);
        const rest = rules.filter((each) => each !== rule);
        const less = verbs.length === 0 ? rest : rules.with(index, { ...rule, verbs });
        return {
          refusal: `cannot ${verb} resource "${resource}" in API group "${rule.apiGroups.join()}"`,
          role: { ...role, rules: less },
        };
      }),
    ),
  );
}
