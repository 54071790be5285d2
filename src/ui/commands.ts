import { commands, type Disposable } from 'vscode';
import type { CommandId } from './contributions.ts';
import type { Failures } from './failures.ts';

/**
 * Registers a command whose body is a flow. Whatever the flow throws is caught here, once for all,
 * and shown; *Try Again* runs the flow with the same arguments.
 */
function registerCommand(
  id: CommandId,
  failures: Failures,
  flow: (...args: readonly unknown[]) => Promise<void>,
): Disposable {
  const run = async (...args: readonly unknown[]): Promise<void> => {
    try {
      await flow(...args);
    } catch (error) {
      await failures.show(error, () => run(...args));
    }
  };
  return commands.registerCommand(id, run);
}

/** Registers every command. */
export function registerCommands(
  table: Readonly<Record<CommandId, (...args: readonly unknown[]) => Promise<void>>>,
  failures: Failures,
): Disposable[] {
  return (Object.keys(table) as CommandId[]).map((id) => registerCommand(id, failures, table[id]));
}
