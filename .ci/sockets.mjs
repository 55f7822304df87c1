// Talks to the echo of a running server by Node's `ws`, which is in a folder:
//
//     node sockets.mjs folder/node_modules/ws/wrapper.mjs ws://127.0.0.1:8080/ws
//
// Each message must come back as what it was. Ends with 1 and says what is wrong.

import assert from "node:assert/strict";
import crypto from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [module, uri] = process.argv.slice(2);
const { WebSocket } = await import(pathToFileURL(path.resolve(module)));
const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(module), "package.json")));

setTimeout(() => { console.log("it does not end"); process.exit(1); }, 60000).unref();

/** An open socket, and what comes on it. */
async function open(options) {
    const socket = new WebSocket(uri, { maxPayload: 1 << 24, ...options });
    const come = [];
    let wake = () => {};
    socket.on("message", (octets, isBinary) => { come.push(isBinary ? octets : octets.toString()); wake(); });
    await once(socket, "open");
    const next = async () => {
        while (come.length === 0) await new Promise(done => { wake = done; });
        return come.shift();
    };
    return { socket, next };
}

async function talk(perMessageDeflate) {
    const { socket, next } = await open({ perMessageDeflate });
    assert.equal(socket.extensions !== "", perMessageDeflate !== false, "what was agreed on");
    const echo = async message => {
        socket.send(message);
        assert.deepEqual(await next(), message);
    };
    for (const message of ["", "hello", "héllo, 世界 🌍", "a".repeat(125), "b".repeat(126), "again and again, ".repeat(5000)]) {
        await echo(message);
        await echo(Buffer.from(message));
    }
    await echo(crypto.randomBytes(65535));
    await echo(crypto.randomBytes(1 << 20));
    await echo("m".repeat(1 << 20));

    // In fragments, which come back whole, with a ping between them.
    socket.send("fr", { fin: false });
    socket.ping("there?");
    socket.send("", { fin: false });
    socket.send("agménts", { fin: true });
    const [pong] = await once(socket, "pong");
    assert.equal(pong.toString(), "there?");
    assert.equal(await next(), "fragménts");

    // A burst in one write.
    const burst = Array.from({ length: 500 }, (_, number) => `${number} ${"x".repeat(number % 200)}`);
    socket._socket.cork();
    for (const message of burst) socket.send(message);
    socket._socket.uncork();
    for (const message of burst) assert.equal(await next(), message);

    // And one with a close behind it: all of it comes back before the reply.
    for (const message of burst) socket.send(message);
    socket.close(4000, "done");
    const [code] = await once(socket, "close");
    assert.equal(code, 4000);
    for (const message of burst) assert.equal(await next(), message);

    for (const code of [1000, 1001, 1011, 3000, 4999]) {
        const { socket } = await open({ perMessageDeflate });
        socket.close(code, "done");
        assert.equal((await once(socket, "close"))[0], code);
    }

    const refused = new WebSocket(uri, { origin: "https://elsewhere.example" });
    const [, response] = await once(refused, "unexpected-response");
    assert.equal(response.statusCode, 403, "a page of another site");
    response.destroy();
}

await talk(false);
await talk({ threshold: 0 });
await talk({ threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 10 });
console.log(`ws ${version}: fine`);
process.exit(0);
