// Runs a WebAssembly program for WASI in Node, with what cargo hands over: `node .ci/wasi.mjs PROGRAM ARGUMENT..`.
// It may read the folder that cargo begins in, where the protocol cases stand.
import { readFile } from 'node:fs/promises';
import process, { argv, cwd, env } from 'node:process';
import { WASI } from 'node:wasi';

const [, , program, ...args] = argv;
const wasi = new WASI({ version: 'preview1', args: [program, ...args], env, preopens: { [cwd()]: cwd() } });
const instance = await WebAssembly.instantiate(await WebAssembly.compile(await readFile(program)), wasi.getImportObject());
process.exitCode = wasi.start(instance);
