import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { settingsPage } from '../scripts/settings-page.ts';
import { readConfig } from '../src/config.ts';
import { misspeltSettings, readSettings, Settings } from '../src/settings.ts';

test('without any variable every setting has its default, which is allowed', () => {
  const settings = readSettings({});
  assert.deepEqual(Object.keys(settings), Object.keys(Settings.properties));
  const asText = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  assert.deepEqual(readSettings(asText), settings);
  assert.deepEqual(readSettings({ PORT: '' }), settings);
});

test('a wrong value is named with what is allowed, all of them in one line', () => {
  for (const [environment, line] of [
    [{ PORT: 'abc' }, 'PORT=abc: a whole number from 0 to 65535'],
    [{ PORT: '65536' }, 'PORT=65536: a whole number from 0 to 65535'],
    [{ PORT: '0x10' }, 'PORT=0x10: a whole number from 0 to 65535'],
    [{ WORKERS: '1.5' }, 'WORKERS=1.5: a whole number from 1 to 256'],
    [{ MAX_PROCESSES: '0' }, 'MAX_PROCESSES=0: a whole number, at least 1'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud: one of fatal, error, warn, info, debug, trace, silent'],
    [
      { PORT: '-1', WORKERS: 'all' },
      'PORT=-1: a whole number from 0 to 65535; WORKERS=all: a whole number from 1 to 256',
    ],
  ] as const) {
    assert.throws(() => readSettings(environment), { message: line });
  }
});

test('white space around a value does not matter, and alone it is no value', () => {
  const { HOST, PORT, DATA_DIR, LOG_LEVEL } = readSettings({
    HOST: ' ',
    PORT: '81\r',
    DATA_DIR: '\t',
    LOG_LEVEL: ' warn ',
  });
  assert.deepEqual([HOST, PORT, DATA_DIR, LOG_LEVEL], ['127.0.0.1', 81, './data', 'warn']);
});

test('tokens with which nobody could come in, or everybody, are refused, and none is told', () => {
  for (const [API_TOKENS, line] of [
    [',', 'API_TOKENS: there is no token in it'],
    ['read:', 'API_TOKENS, entry 1: there is no token in it'],
    ['one,write:', 'API_TOKENS, entry 2: there is no token in it'],
    ['sha256:abc', 'API_TOKENS, entry 1: sha256: is followed by 64 hexadecimal digits'],
    ['two words', 'API_TOKENS, entry 1: a token is of letters, digits and signs of ASCII, without spaces'],
    ['schlüssel', 'API_TOKENS, entry 1: a token is of letters, digits and signs of ASCII, without spaces'],
  ] as const) {
    assert.throws(() => readConfig({ API_TOKENS, HOST: '0.0.0.0' }), { message: line });
  }
  assert.throws(() => readConfig({ API_TOKENS: ' ', HOST: '0.0.0.0' }), /API_TOKENS has to be set/);
});

test('a database has the address of one, which is not told', () => {
  for (const DATABASE_URL of ['foo', 'mysql://a:b@c/d', 'me:secret@host/db']) {
    const message = 'DATABASE_URL: an address like postgres://USER:PASSWORD@HOST/DATABASE';
    assert.throws(() => readConfig({ DATABASE_URL }), { message });
  }
  for (const DATABASE_URL of [
    'postgresql://h/d',
    'postgres:///d?host=/run/postgresql',
    'postgres://u:p@ss@h/d',
  ]) {
    assert.equal(readConfig({ DATABASE_URL }).databaseUrl, DATABASE_URL);
  }
});

test('a variable that looks like a setting is told with what was meant; others are left alone', () => {
  const meant = (name: string) => misspeltSettings({ [name]: '1' })[0]?.meant;
  assert.deepEqual(
    [
      'MAX_PROCESS',
      'DATADIR',
      'LOGLEVEL',
      'Data_Dir',
      'WORKER',
      'DATABASE_URLS',
      'MAX_PROCESSES_PER_TREE',
    ].map(meant),
    ['MAX_PROCESSES', 'DATA_DIR', 'LOG_LEVEL', 'DATA_DIR', 'WORKERS', 'DATABASE_URL', 'MAX_PROCESSES'],
  );
  for (const name of [
    'HOME',
    'PATH',
    'PWD',
    'HOSTNAME',
    'SHELL',
    'LANG',
    'USER',
    'TERM',
    'NODE_OPTIONS',
    'POSTGRES_PORT',
  ])
    assert.equal(meant(name), undefined, name);
  assert.deepEqual(
    misspeltSettings(Object.fromEntries(Object.keys(Settings.properties).map((name) => [name, '1']))),
    [],
  );
});

test('the page of settings is up to date: npm run settings', () => {
  const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  assert.equal(page, settingsPage());
});
