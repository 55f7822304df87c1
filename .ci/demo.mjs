// Looks at the demo pages of a running server as a person with Chromium does:
//
//     node .ci/demo.mjs http://127.0.0.1:8080 chromium [folder for screenshots]
//
// Events must come with rising ids, and none may be lost when the connection breaks; a file must arrive with its octets and checksum; a page
// may neither complain in the console nor be wider than a phone, in light and in dark. Ends with 1 and says what is wrong, and with 3
// where the browser shows no page. (The browser is driven by the DevTools protocol over a pipe, which needs no package.)

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";

const [server, program, shots] = process.argv.slice(2);
/** How long anything may take, in milliseconds. */
const PATIENCE = 30000;
/** How long a connection is gone: an event at least is not in time then, whatever part of a second it began in. */
const BREAK = 2100;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "demo-"));

const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

function check(holds, what) {
    if (!holds) throw new Error(what);
}

/** A way to the server that can be cut, and then leads nowhere until it is mended. */
function line() {
    const { hostname, port } = new URL(server);
    const open = new Set();
    let whole = true;
    const listener = net.createServer(near => {
        if (!whole) return near.destroy();
        const far = net.connect(port, hostname);
        for (const [one, other] of [[near, far], [far, near]]) {
            open.add(one);
            one.on("error", () => other.destroy());
            one.on("close", () => { open.delete(one); other.destroy(); });
            one.pipe(other);
        }
    });
    return {
        begin: () => new Promise(done => listener.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${listener.address().port}`))),
        cut() { whole = false; for (const socket of open) socket.resetAndDestroy(); },
        mend() { whole = true; },
        end() { listener.close(); for (const socket of open) socket.destroy(); },
    };
}

/** A browser without a window. */
class Browser {
    #next = 0;
    #asked = new Map();
    #heard = [];

    constructor() {
        const options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
            "--disable-background-networking", "--hide-scrollbars", "--remote-debugging-pipe", `--user-data-dir=${path.join(folder, "profile")}`];
        this.process = spawn(program, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
        this.ended = new Promise(done => { this.process.on("exit", done); this.process.on("error", done); });
        const [, , , questions, answers] = this.process.stdio;
        this.questions = questions.on("error", () => {});
        let rest = Buffer.alloc(0);
        answers.on("data", octets => {
            rest = Buffer.concat([rest, octets]);
            for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
                this.#hear(JSON.parse(rest.subarray(0, end)));
                rest = rest.subarray(end + 1);
            }
        });
    }

    #hear({ id, result, error, method, params }) {
        if (id === undefined) return this.#heard.forEach(hears => hears(method, params));
        const { done, fail } = this.#asked.get(id);
        this.#asked.delete(id);
        if (error) fail(new Error(error.message));
        else done(result);
    }

    ask(method, params = {}, sessionId = undefined) {
        this.#next += 1;
        const id = this.#next;
        this.questions.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        const late = new Promise((_, fail) => setTimeout(fail, PATIENCE, new Error(`${method}: no answer`)).unref());
        return Promise.race([late, new Promise((done, fail) => this.#asked.set(id, { done, fail }))]);
    }

    on(hears) { this.#heard.push(hears); }

    async end() {
        await Promise.race([this.ask("Browser.close").catch(() => {}), this.ended]);
        await Promise.race([this.ended, pause(2000)]);
        this.process.kill("SIGKILL");
    }
}

/** A page of it, and what its console said. */
class Page {
    complaints = [];

    static async open(browser) {
        const page = new Page();
        const { targetId } = await browser.ask("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await browser.ask("Target.attachToTarget", { targetId, flatten: true });
        page.ask = (method, params) => browser.ask(method, params, sessionId);
        browser.on((method, params) => page.#hear(method, params));
        for (const domain of ["Page", "Runtime", "Log", "DOM"]) await page.ask(`${domain}.enable`);
        return page;
    }

    #hear(method, params) {
        if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        if (method === "Runtime.consoleAPICalled") this.complaints.push(params.args.map(arg => arg.value).join(" "));
        if (method === "Log.entryAdded") this.complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
    }

    async go(url) {
        const { errorText } = await this.ask("Page.navigate", { url });
        check(errorText === undefined, `${url}: ${errorText}`);
        await this.until("document.readyState === 'complete'");
    }

    async value(expression) {
        const { result, exceptionDetails } = await this.ask("Runtime.evaluate", { expression, returnByValue: true });
        check(exceptionDetails === undefined, `${expression}: ${exceptionDetails?.exception?.description}`);
        return result.value;
    }

    text(id) { return this.value(`document.getElementById(${JSON.stringify(id)}).textContent`); }

    click(id) { return this.value(`document.getElementById(${JSON.stringify(id)}).click()`); }

    async until(expression) {
        for (const began = Date.now(); Date.now() - began < PATIENCE; await pause(50)) {
            // (While a page takes the place of another, there is none to ask.)
            if (await this.value(expression).catch(() => false)) return;
        }
        throw new Error(`never so: ${expression}; the page says: ${await this.value("document.body.innerText")}`);
    }

    /** As it looks on a phone and on a desk, in light and in dark. */
    async look(name) {
        for (const [width, height] of [[360, 740], [1200, 900]]) {
            await this.ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 500 });
            for (const scheme of ["light", "dark"]) {
                const features = [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }];
                await this.ask("Emulation.setEmulatedMedia", { features });
                const wide = await this.value("document.documentElement.scrollWidth");
                check(wide <= width, `${name} is ${wide} wide on ${width}`);
                const [paper, ink] = await this.value("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]");
                check((light(paper) > light(ink)) === (scheme === "light"), `${name} is not ${scheme}: ${ink} on ${paper}`);
                if (shots !== undefined) {
                    const { data } = await this.ask("Page.captureScreenshot", { captureBeyondViewport: true });
                    fs.writeFileSync(path.join(shots, `${name}-${width}-${scheme}.png`), data, "base64");
                }
            }
        }
        // What a screen reader could not name.
        const mute = await this.value(`[...document.querySelectorAll("button, input, progress, a")]
            .filter(one => !(one.textContent.trim() || one.labels?.[0]?.textContent.trim() || one.ariaLabel)).map(one => one.outerHTML)`);
        check(mute.length === 0, `${name} has parts without a name: ${mute}`);
    }

    quiet(name) { check(this.complaints.length === 0, `${name} complains: ${this.complaints.join("; ")}`); }
}

/** How light a colour is, as computed styles write it. */
function light(color) {
    return color.match(/[0-9.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
}

const ids = page => page.value(`[...document.querySelectorAll("#log li")].map(line => Number(line.dataset.id)).reverse()`);
const inOrder = numbers => numbers.every((number, at) => at === 0 || number === numbers[at - 1] + 1);

async function first(page, origin) {
    await page.go(`${origin}/demo/`);
    await page.look("index");
    page.quiet("index");
}

async function live(page, origin, way) {
    await page.go(`${origin}/demo/live`);
    await page.until("document.querySelectorAll('#log li').length >= 2");
    check(await page.text("state") === "Connected", "events without a connection");
    check(inOrder(await ids(page)), `ids do not rise by one: ${await ids(page)}`);
    page.quiet("live");

    // Broken from outside: the browser sends the last id.
    way.cut();
    await page.until("document.getElementById('state').dataset.state === 'waiting'");
    await pause(BREAK);
    way.mend();
    await page.until("Number(document.getElementById('missed').textContent) > 0 && document.getElementById('state').dataset.state === 'open'");
    check(await page.text("lost") === "0" && inOrder(await ids(page)), `lost behind a broken connection: ${await ids(page)}`);
    // The browser tells of the connection that it lost.
    page.complaints = page.complaints.filter(text => !text.includes("net::ERR_"));

    // Broken by the button: the page sends the last id.
    const missed = await page.text("missed");
    await page.click("switch");
    check(await page.text("state") === "Disconnected", "still connected");
    const last = await page.text("last");
    await pause(BREAK);
    check(await page.text("last") === last, "events without a connection");
    await page.click("switch");
    await page.until(`Number(document.getElementById('missed').textContent) > ${missed}`);
    check(await page.text("lost") === "0" && inOrder(await ids(page)), `lost behind the button: ${await ids(page)}`);
    await page.look("live");
    page.quiet("live");
    console.log(`events: ${await page.text("count")}, ${await page.text("missed")} of them sent again, none lost`);
}

/** Two who are in the room, and lose it for a while. */
async function chat(page, browser, origin, way) {
    const both = [page, await Page.open(browser)];
    const other = both[1];
    const all = async expression => { for (const one of both) await one.until(expression); };
    const say = (one, text) => one.value(`document.getElementById("text").value = ${JSON.stringify(text)}; document.getElementById("form").requestSubmit()`);
    const newest = text => `document.querySelector("#log li")?.textContent === ${JSON.stringify(text)}`;
    const here = "document.getElementById('state').dataset.state === 'open' && document.getElementById('here').textContent === '2'";

    for (const one of both) await one.go(`${origin}/demo/chat`);
    await all(here);
    await say(page, "<b>é ☃</b>");
    await all(newest("<b>é ☃</b>"));
    page.quiet("chat");

    way.cut();
    await all("document.getElementById('state').dataset.state === 'waiting'");
    way.mend();
    await all(here);
    await say(other, "here again");
    await all(newest("here again"));
    // The browser tells of the connection that it lost.
    page.complaints = page.complaints.filter(text => !text.includes("net::ERR_"));
    await page.look("chat");
    page.quiet("chat");

    await other.click("switch");
    check(await other.text("state") === "Disconnected", "still connected");
    await page.until("document.getElementById('here').textContent === '1'");
    console.log("chat: two heard each other, and again when they were back");
}

/** Has the page send a file. */
async function send(page, file) {
    const { root } = await page.ask("DOM.getDocument");
    const { nodeId } = await page.ask("DOM.querySelector", { nodeId: root.nodeId, selector: "#file" });
    await page.ask("DOM.setFileInputFiles", { nodeId, files: [file] });
    await page.click("send");
}

async function upload(page, origin) {
    const file = (name, octets) => { const to = path.join(folder, name); fs.writeFileSync(to, octets); return to; };
    await page.go(`${origin}/demo/upload`);
    await page.look("upload");

    // 48 MiB, of which no part is as another.
    const octets = Buffer.alloc(48 << 20);
    for (let at = 0; at < octets.length; at += 4) octets.writeUInt32LE(Math.imul(at + 1, 2654435761) >>> 0, at);
    const big = file("big.bin", octets);
    for (const content of [octets, Buffer.alloc(0), Buffer.from("123456789")]) {
        await send(page, content === octets ? big : file("small.bin", content));
        await page.until("!document.getElementById('answer').hidden || document.getElementById('error').textContent !== ''");
        check(await page.text("error") === "", await page.text("error"));
        const [counted, summed] = [await page.text("octets"), await page.text("crc32")];
        check(Number(counted.replaceAll(",", "")) === content.length, `${counted} octets of ${content.length} arrived`);
        check(summed === crc32(content), `${summed} is not the checksum ${crc32(content)}`);
        check(await page.value("document.getElementById('bar').value") === 100, "the bar is not at its end");
        if (content === octets) {
            console.log(`upload: ${counted} octets with the checksum ${summed}, at ${await page.text("mean")}`);
            await page.look("uploaded");
        }
    }

    // Cancelled, and the page goes on.
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 4 << 20 };
    await page.ask("Network.enable");
    await page.ask("Network.emulateNetworkConditions", slow);
    await send(page, big);
    await page.until("!document.getElementById('cancel').hidden && document.getElementById('bar').value > 5");
    check(await page.text("speed") !== "0", "no speed is shown");
    if (shots !== undefined) await page.look("uploading");
    await page.click("cancel");
    await page.until("document.getElementById('told').textContent === 'Cancelled.'");
    await page.ask("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
    page.quiet("upload");

    // Nobody answers.
    await page.ask("Network.emulateNetworkConditions", { ...slow, offline: true });
    await send(page, big);
    await page.until("document.getElementById('error').textContent !== ''");
    if (shots !== undefined) await page.look("failed");
    await page.ask("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
}

/** The checksum in eight digits, as gzip has it in its trailer (RFC 1952 section 2.3.1). */
function crc32(octets) {
    const packed = zlib.gzipSync(octets, { level: 0 });
    return packed.readUInt32LE(packed.length - 8).toString(16).padStart(8, "0");
}

const browser = new Browser();
const way = line();
let code = 0;
try {
    const page = await Promise.race([Page.open(browser), browser.ended.then(() => Promise.reject(new Error("it ended")))]).catch(error => {
        console.log(`${program} shows no page: ${error.message}`);
        code = 3;
    });
    if (page !== undefined) {
        const origin = await way.begin();
        await first(page, origin);
        await live(page, origin, way);
        await chat(page, browser, origin, way);
        await upload(page, origin);
    }
} catch (error) {
    console.log(`FAILED: ${error.message}`);
    code = 1;
}
await browser.end();
way.end();
fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
process.exit(code);
