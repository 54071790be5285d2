import { window, type SecretStorage } from 'vscode';
import type { CredentialStore } from '../operations/ports.ts';
import type { Remembered } from './remembered.ts';

/** Headers for origins of URLs, one per origin, kept in VS Code's secret storage. */
export class SecretCredentials implements CredentialStore {
  readonly #secrets: SecretStorage;
  readonly #remembered: Remembered;

  constructor(secrets: SecretStorage, remembered: Remembered) {
    this.#secrets = secrets;
    this.#remembered = remembered;
  }

  readonly headers = async (origin: string): Promise<Readonly<Record<string, string>>> => {
    const stored = await this.#secrets.get(secretName(origin));
    return stored === undefined ? {} : (JSON.parse(stored) as Record<string, string>);
  };

  /** Asks for a token or a header for an origin and keeps it. False when the person leaves. */
  async ask(origin: string): Promise<boolean> {
    const header = await askForHeader(origin);
    if (header === undefined) return false;
    await this.#secrets.store(secretName(origin), JSON.stringify(header));
    const origins = new Set([...(this.#remembered.get('origins') ?? []), origin]);
    await this.#remembered.set('origins', [...origins]);
    return true;
  }

  /** Asks for which origins the credentials are to be forgotten, and forgets them. */
  async forget(): Promise<void> {
    const origins = this.#remembered.get('origins') ?? [];
    const chosen = await window.showQuickPick([...origins], {
      canPickMany: true,
      title: 'Forget Source Credentials',
      placeHolder: origins.length === 0 ? 'No credentials are kept' : 'Origins to forget',
    });
    if (chosen === undefined) return;
    await Promise.all(chosen.map((origin) => this.#secrets.delete(secretName(origin))));
    await this.#remembered.set(
      'origins',
      origins.filter((origin) => !chosen.includes(origin)),
    );
  }
}

function secretName(origin: string): string {
  return `credentials for ${origin}`;
}

async function askForHeader(origin: string): Promise<Record<string, string> | undefined> {
  const kinds = [
    { label: 'Bearer token', description: 'Authorization: Bearer ...', header: 'Authorization' },
    { label: 'Another header', description: 'its name and its value', header: undefined },
  ];
  const kind = await window.showQuickPick(kinds, {
    title: `Credentials for ${origin}`,
    placeHolder: 'Sent to this origin and to no other',
    ignoreFocusOut: true,
  });
  if (kind === undefined) return undefined;
  const name = kind.header ?? (await askForName(origin));
  if (name === undefined) return undefined;
  const value = await window.showInputBox({
    title: `Credentials for ${origin}`,
    prompt: kind.header === undefined ? `Value of ${name}` : 'Token',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/[\r\n]/.test(text) ? 'It must be one line.' : undefined),
  });
  if (value === undefined || value === '') return undefined;
  return { [name]: kind.header === undefined ? value : `Bearer ${value}` };
}

async function askForName(origin: string): Promise<string | undefined> {
  return await window.showInputBox({
    title: `Credentials for ${origin}`,
    prompt: 'Name of the header',
    value: 'X-API-Key',
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text) ? undefined : 'This is not a name of a header.',
  });
}
