import type { RequestOptions } from 'node:https';
import { OpenIDConnectAuth } from '@kubernetes/client-node/dist/oidc_auth.js';
import { credentialFailure } from './apiFailure.ts';
import type { UserFields } from './kubeconfigFields.ts';

/** Gives the token of the `oidc` provider, the only one that client-go still has; renews it where it expired. */
export function oidcOf(user: UserFields): (() => Promise<string | undefined>) | undefined {
  const provider = user['auth-provider'];
  if (provider === undefined) return undefined;
  const { name = '', config = {} } = provider;
  const client = new OpenIDConnectAuth();
  return async () => {
    if (name !== 'oidc') {
      throw credentialFailure(
        `The auth provider ${name} is no longer part of Kubernetes; use a credential plugin.`,
      );
    }
    const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
    try {
      await client.applyAuthentication({ name, authProvider: { name, config } }, options);
    } catch (error) {
      throw credentialFailure(
        'The OIDC provider that the kubeconfig names gave no token.',
        String(error),
      );
    }
    return options.headers['Authorization']?.replace(/^Bearer /, '');
  };
}
