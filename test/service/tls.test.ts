import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { certificateWarning } from '../../src/http/plugins/certificate-days.ts';
import { startServer } from '../../src/server.ts';
import { SettingsError } from '../../src/settings.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'no openssl to make a certificate with';

test('with a certificate the server speaks HTTPS', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...made, '-keyout', key, '-out', cert, ...name], { stdio: 'ignore' });
  const app = await startServer(
    readConfig({
      ...{ PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: join(folder, 'data') },
      ...{ TLS_CERT_FILE: cert, TLS_KEY_FILE: key },
    }),
  );
  const { port } = app.server.address() as AddressInfo;
  const asked = get(`https://127.0.0.1:${port}/readyz`, { ca: readFileSync(cert), agent: false });
  const [answer] = await once(asked, 'response');
  assert.equal(answer.statusCode, 200);
  answer.resume();
  await once(answer, 'close');
  await app.close();
});

test('files that are no certificate and its key are a line', { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [cert, key, other] = ['cert', 'key', 'other'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const [keyout, out] of [
    [key, cert],
    [other, join(folder, 'unused')],
  ] as const) {
    execFileSync('openssl', ['req', ...made, '-keyout', keyout, '-out', out, '-subj', '/CN=x'], {
      stdio: 'ignore',
    });
  }
  for (const [TLS_CERT_FILE, TLS_KEY_FILE] of [
    [key, key],
    [cert, cert],
    [cert, other],
  ] as const) {
    assert.throws(
      () => readConfig({ TLS_CERT_FILE, TLS_KEY_FILE }),
      (error: Error) => {
        assert.ok(error instanceof SettingsError);
        assert.match(error.message, /^TLS_CERT_FILE=.*, TLS_KEY_FILE=.*: .+$/);
        return true;
      },
    );
  }
});

test('one file without the other, or one that cannot be read, is a line', () => {
  assert.throws(() => readConfig({ TLS_CERT_FILE: 'a' }), /belong together/);
  assert.throws(
    () => readConfig({ TLS_CERT_FILE: '/none', TLS_KEY_FILE: '/none' }),
    /TLS_CERT_FILE=\/none: ENOENT/,
  );
});

test('a certificate that is over, or about to end, is said to be so', { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const made = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '90',
  ];
  execFileSync('openssl', ['req', ...made, '-keyout', key, '-out', cert, '-subj', '/O=Us/CN=x'], {
    stdio: 'ignore',
  });
  const chain = readFileSync(cert);
  const inDays = (days: number) => certificateWarning(chain, Date.now() + days * 86_400_000);
  assert.equal(inDays(1), undefined);
  assert.match(inDays(70)!, /^the certificate O=Us, CN=x ends in (19|20) days, on .+ GMT$/);
  assert.match(inDays(91)!, /^the certificate O=Us, CN=x ended on .+: clients refuse it$/);
  assert.match(inDays(-1)!, / begins on .+: clients refuse it$/);
  assert.match(
    certificateWarning(Buffer.concat([chain, chain]), Date.now() + 91 * 86_400_000)!,
    / ended on /,
  );
});
