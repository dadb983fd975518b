/**
 * The address of a request as a log may have it. No call takes a token in its address, but clients put theirs there: the value
 * of what goes by such a name is left out, and of a name that is not written plainly.
 */

const SECRET = /token|secret|passw|auth|key|signature|credential|%/i;

export function withoutSecrets(address: string): string {
  const query = address.indexOf('?') + 1;
  return query === 0
    ? address
    : address.slice(0, query) + address.slice(query).split('&').map(shown).join('&');
}

function shown(parameter: string): string {
  const value = parameter.indexOf('=') + 1;
  return value > 0 && SECRET.test(parameter.slice(0, value)) ? `${parameter.slice(0, value)}…` : parameter;
}
