import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import { checksum } from './samples.mjs';

/** What the four bytes are that each part of an archive begins with. */
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;

/** The files of an archive by their paths; folders have a slash at the end. Each is checked against its checksum. */
export function unzip(archive) {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  assert.equal(archive.readUInt32LE(end), END, 'the archive ends as it should');
  const entries = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const files = new Map();
  for (let i = 0; i < entries; i++) {
    assert.equal(archive.readUInt32LE(at), ENTRY);
    const method = archive.readUInt16LE(at + 10);
    const sum = archive.readUInt32LE(at + 16);
    const [packed, size] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)];
    const [nameLength, extra, comment] = [28, 30, 32].map(offset => archive.readUInt16LE(at + offset));
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(from, from + packed);
    assert.ok(method === STORED || method === DEFLATED, `${name} is packed in a known way`);
    const bytes = method === STORED ? data : inflateRawSync(data);
    assert.equal(bytes.length, size, `${name} has its size`);
    assert.equal(checksum(bytes), sum, `${name} has its checksum`);
    assert.ok(!files.has(name), `${name} is there once`);
    files.set(name, bytes);
    at += 46 + nameLength + extra + comment;
  }
  return files;
}
