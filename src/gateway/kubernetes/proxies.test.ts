import assert from 'node:assert/strict';
import { proxyOf } from './proxies.ts';

const PROXY = { HTTPS_PROXY: 'http://secure:3128', HTTP_PROXY: 'http://plain:3128' };
const proxyFor = (server: string, variables = {}, own?: string) =>
  proxyOf(new URL(server), own, variables)?.host;

describe('the proxy to a server', () => {
  it("is the cluster's own, whatever the environment says", () => {
    assert.equal(proxyFor('https://localhost', PROXY, 'socks5://own:1080'), 'own:1080');
  });

  it('is by the protocol of the server, in capitals or not', () => {
    assert.equal(proxyFor('https://k8s.example'), undefined);
    assert.equal(proxyFor('https://k8s.example', PROXY), 'secure:3128');
    assert.equal(proxyFor('http://k8s.example', PROXY), 'plain:3128');
    assert.equal(proxyFor('https://k8s.example', { https_proxy: 'bare:8080' }), 'bare:8080');
    assert.equal(proxyFor('https://k8s.example', { HTTPS_PROXY: '' }), undefined);
  });

  it('is none for the loopback', () => {
    for (const server of ['localhost:6443', '127.0.0.1', '127.9.9.9:1', '[::1]:6443']) {
      assert.equal(proxyFor(`https://${server}`, PROXY), undefined, server);
    }
  });

  // The examples of the package httpproxy of Go, and what its comments say of each form.
  const direct = [
    ['*', 'https://any.example', true],
    ['k8s.example', 'https://k8s.example', true],
    ['k8s.example', 'https://api.k8s.example', true],
    ['k8s.example', 'https://notk8s.example', false],
    ['.k8s.example', 'https://api.k8s.example', true],
    ['.k8s.example', 'https://k8s.example', false],
    ['*.k8s.example', 'https://api.k8s.example', true],
    ['K8S.Example', 'https://api.k8s.EXAMPLE', true],
    ['k8s.example:6443', 'https://k8s.example:6443', true],
    ['k8s.example:6443', 'https://k8s.example', false],
    ['k8s.example:443', 'https://k8s.example', true],
    ['10.1.2.3', 'https://10.1.2.3:6443', true],
    ['10.1.2.3:443', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['fd00::/8', 'https://[fd00::7]:6443', true],
    [' a , b.example ', 'https://b.example', true],
    ['', 'https://k8s.example', false],
  ] as const;
  for (const [list, server, expected] of direct) {
    it(`is ${expected ? 'none' : 'used'} for ${server} where NO_PROXY is "${list}"`, () => {
      const found = proxyFor(server, { ...PROXY, NO_PROXY: list });
      assert.equal(found === undefined, expected);
    });
  }
});
