// SPDX-License-Identifier: Apache-2.0
//
// worker_threads with shared memory and Atomics, crypto, wasm, async I/O, exceptions, regexps, JSON
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const crypto = require('crypto'), zlib = require('zlib'), assert = require('assert');
if (!isMainThread) {
  const view = new Int32Array(workerData.shared);
  for (let i = 0; i < 20000; i++) { Atomics.add(view, 0, 1); if (i % 1000 == 0) Atomics.notify(view, 1); }
  let h = crypto.createHash('sha512');
  for (let i = 0; i < 2000; i++) h.update(`line ${i} of ${workerData.id}\n`);
  parentPort.postMessage(workerData.id + ' ' + h.digest('hex').slice(0, 32));
} else (async () => {
  const shared = new SharedArrayBuffer(64), view = new Int32Array(shared);
  const results = await Promise.all([...Array(6).keys()].map(id => new Promise((done, fail) => {
    const w = new Worker(__filename, { workerData: { shared, id } });
    w.on('message', done); w.on('error', fail);
  })));
  console.log(results.join('\n')); console.log('atomic sum', Atomics.load(view, 0));
  const key = crypto.scryptSync('secret', 'salt', 32, { N: 1024 }), iv = Buffer.alloc(12, 7);
  const text = Buffer.from('dragoman '.repeat(3000));
  for (const name of ['aes-256-gcm', 'chacha20-poly1305']) {
    const c = crypto.createCipheriv(name, key, iv, { authTagLength: 16 });
    const e = Buffer.concat([c.update(text), c.final()]);
    console.log(name, crypto.createHash('sha256').update(e).digest('hex'), c.getAuthTag().toString('hex'));
    const d = crypto.createDecipheriv(name, key, iv, { authTagLength: 16 }); d.setAuthTag(c.getAuthTag());
    assert.deepStrictEqual(Buffer.concat([d.update(e), d.final()]), text);
  }
  for (const name of ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b512', 'ripemd160'])
    console.log(name, crypto.createHash(name).update(text).digest('hex').slice(0, 40));
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  console.log('ecdsa', crypto.verify('sha256', text, publicKey, crypto.sign('sha256', text, privateKey)));
  const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
  console.log('rsa', crypto.verify('sha256', text, rsa.publicKey, crypto.sign('sha256', text, rsa.privateKey)));
  const ed = crypto.generateKeyPairSync('ed25519');
  console.log('ed25519', crypto.verify(null, text, ed.publicKey, crypto.sign(null, text, ed.privateKey)));
  console.log('gzip', zlib.gunzipSync(zlib.gzipSync(text)).equals(text), 'brotli', zlib.brotliDecompressSync(zlib.brotliCompressSync(text)).equals(text));
  // wasm: (func $fib (param i32) (result i32)) and a loop over memory, trapping out of bounds and on division by zero
  const wasm = new Uint8Array([0,97,115,109,1,0,0,0,1,12,2,96,1,127,1,127,96,2,127,127,1,127,3,4,3,0,0,1,5,3,1,0,1,7,18,3,3,102,105,98,0,0,2,108,100,0,1,3,100,105,118,0,2,
    10,46,3,28,0,32,0,65,2,72,4,127,32,0,5,32,0,65,1,107,16,0,32,0,65,2,107,16,0,106,11,11,7,0,32,0,40,2,0,11,7,0,32,0,32,1,109,11]);
  const { fib, ld, div } = (await WebAssembly.instantiate(wasm)).instance.exports;
  console.log('wasm fib', fib(22), 'div', div(-7, 2));
  for (let i = 0; i < 3; i++) {
    try { ld(65533); } catch (e) { console.log(e instanceof WebAssembly.RuntimeError, e.message); }
    try { ld(-1); } catch (e) { console.log(e.message); }
    try { div(1, 0); } catch (e) { console.log(e.message); }
    try { div(-2147483648, -1); } catch (e) { console.log(e.message); }
  }
  // the optimising compiler: types change under hot code
  function hot(a, b) { return a * b + (a | 0) % 7 - b / 3; }
  let sum = 0; for (let i = 0; i < 300000; i++) sum += hot(i, i + 1); sum += hot(1.5, 2.25); sum += hot(1n ? 3 : 4, '5');
  console.log('hot', sum);
  const f = new Float64Array(20000).map((_, i) => Math.sin(i) * Math.exp(i / 3000)); f.sort();
  console.log('sort', f[0], f[10000], f[19999], Math.fround(f[77]), Math.hypot(...f.slice(0, 9)));
  let deep = 0; function recurse() { deep++; recurse(); } try { recurse(); } catch (e) { console.log(e instanceof RangeError, deep > 1000); }
  const big = 3n ** 2000n; console.log('bigint', (big % 1000000007n).toString(), (big / 7n ** 600n).toString().length);
  console.log('regexp', 'a1b22c333'.replace(/(\d+)/g, (_, d) => `<${d.length}>`), /(?<=\$)\d+(\.\d*)?/.exec('cost $12.50')[0], /^(a+)+$/.test('a'.repeat(20)));
  const objects = []; for (let i = 0; i < 200000; i++) objects[i % 5000] = { i, s: 'x' + i, a: [i, i + 1] };
  console.log('gc', objects.reduce((n, o) => n + o.a[1], 0));
  console.log(JSON.stringify(JSON.parse('{"a":[1,2.5e10,{"b":null}],"\\u00e9":"\\ud83d\\ude00"}')));
  console.log(new Intl.NumberFormat('de-DE').format(1234567.891), new Date(0).toISOString());
  const cp = require('child_process');
  console.log(cp.execFileSync('/bin/echo', ['from', 'a', 'child']).toString().trim());
  console.log(cp.spawnSync(process.execPath, ['-e', 'process.exit(7)']).status);
  const server = require('http').createServer((q, r) => r.end('served ' + q.url)); server.listen(0, '127.0.0.1', () => {
    let n = 0; const a = server.address(); for (let i = 0; i < 50; i++) require('http').get({ port: a.port, host: '127.0.0.1', path: '/' + i }, r => { r.resume(); r.on('end', () => { if (++n == 50) { console.log('http', n); server.close(); } }); });
  });
})();
