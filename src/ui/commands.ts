import { commands, type Disposable } from 'vscode';
import { COMMANDS, type CommandId } from './contributions.ts';
import type { Failures } from './failures.ts';

/** What a command does, given the arguments that VS Code calls it with. */
export type Flow = (...args: readonly unknown[]) => Promise<void>;

/**
 * Registers a command whose body is a flow. Whatever the flow throws is caught here, once for all,
 * and shown; *Try Again* runs the flow with the same arguments.
 */
function registerCommand(id: CommandId, failures: Failures, flow: Flow): Disposable {
  const run = async (...args: readonly unknown[]): Promise<void> => {
    try {
      await flow(...args);
    } catch (error) {
      await failures.show(error, () => run(...args));
    }
  };
  return commands.registerCommand(id, run);
}

/** Registers every command; the table of what they do is asked for with the first one. */
export function registerCommands(
  table: () => Promise<Readonly<Record<CommandId, Flow>>>,
  failures: Failures,
): Disposable[] {
  return Object.values(COMMANDS).map((id) =>
    registerCommand(id, failures, async (...args) => {
      await (await table())[id](...args);
    }),
  );
}
