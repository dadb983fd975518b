import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HEAD_LENGTH, sniffForm } from '../../src/formats/upload-form.ts';
import { dumpParts, tarOf } from './dumps.ts';

describe('the form of an upload', () => {
  it('is what the content type says', () => {
    const nothing = new Uint8Array(0);
    assert.equal(sniffForm('application/json; charset=utf-8', nothing), 'json');
    assert.equal(sniffForm('Application/X-NDJSON', nothing), 'ndjson');
    assert.equal(sniffForm('application/x-tar', nothing), 'archive');
    assert.equal(sniffForm('application/zstd', nothing), 'archive');
    assert.equal(sniffForm('multipart/form-data; boundary=x', nothing), 'multipart');
    assert.equal(sniffForm('text/html', nothing), null);
    assert.equal(sniffForm('constructor', nothing), null);
  });

  it('is found by magic where the content type is generic', async () => {
    const parts = dumpParts('trivial');
    const tar = await tarOf(parts);
    const sniff = (head: Uint8Array): unknown =>
      sniffForm('application/octet-stream', head.subarray(0, HEAD_LENGTH));
    assert.equal(sniff(tar), 'archive');
    assert.equal(sniff(gzipSync(tar)), 'archive');
    assert.equal(sniff(Buffer.from('28b52ffd00000000', 'hex')), 'archive');
    assert.equal(sniff(parts.find(({ name }) => name === 'pstree.img')!.bytes), 'pstree');
    assert.equal(sniff(Buffer.from(' {"root":1}')), 'json');
    assert.equal(sniff(Buffer.from('{"root":1}\n{"pid":1}')), 'ndjson');
    assert.equal(sniff(Buffer.from('\ufeff\n{"root":1} \r\n\n{"pid":1}')), 'ndjson');
    assert.equal(sniff(Buffer.from('\ufeff{"processes":[{"pid":1},\n{"pid":2}]}\n')), 'json');
    const namespaces = Array.from({ length: 500 }, (_, i) => ({ id: `${i}`, parent: '0', init: i }));
    assert.equal(
      sniff(Buffer.from(`${JSON.stringify({ root: 1, pidNamespaces: namespaces })}\n{"pid":1}`)),
      'ndjson',
    );
    assert.equal(sniff(Buffer.from('hello')), null);
    assert.equal(sniffForm(undefined, Buffer.from('{}')), 'json');
  });
});
