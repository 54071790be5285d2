const known = new WeakMap<Uint8Array, Promise<string>>();

/** SHA-256 of bytes in lower-case hexadecimal digits, found once for each array. */
export function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = known.get(bytes) ?? sha256(bytes);
  known.set(bytes, digest);
  return digest;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
