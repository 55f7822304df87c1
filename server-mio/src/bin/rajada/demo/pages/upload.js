// Sends a file to /demo/upload, and shows how far and how fast. (By XMLHttpRequest: fetch does not tell what has left.)

const LARGEST = 8 * 2 ** 30;
const MEBIBYTE = 2 ** 20;
/** The speed is that of so much time, in milliseconds. */
const WINDOW = 2000;

const place = id => document.getElementById(id);
const number = digits => new Intl.NumberFormat("en", { maximumFractionDigits: digits });
const whole = number(0);
const tenths = number(1);

let request = null;
/** When so much had left, for the last while. */
let samples = [];

/** The speed at each share that had left, as far as a curve can show it. */
let curve = [];

/** A number of octets in the unit that suits it. */
function size(octets) {
    const units = ["octets", "KiB", "MiB", "GiB"];
    const unit = units.findLastIndex((_, power) => power === 0 || octets >= 1024 ** power);
    return `${(unit === 0 ? whole : tenths).format(octets / 1024 ** unit)} ${units[unit]}`;
}

/** A time in words. */
function time(milliseconds) {
    const seconds = Math.round(milliseconds / 1000);
    if (milliseconds < 1000) return `${whole.format(milliseconds)} ms`;
    if (seconds < 120) return `${seconds} s`;
    return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${tenths.format(seconds / 3600)} h`;
}

function show(sent, total) {
    const now = performance.now();
    samples.push({ now, sent });
    while (samples.length > 2 && samples[0].now < now - WINDOW) samples.shift();
    const [first] = samples;
    const speed = now > first.now ? (sent - first.sent) / (now - first.now) : 0;
    const share = total === 0 ? 100 : (100 * sent) / total;
    place("bar").value = share;
    place("speed").textContent = tenths.format((speed * 1000) / MEBIBYTE);
    draw(share, speed);
    place("sent").textContent = `${size(sent)} of ${size(total)}, ${Math.floor(share)} %`;
    place("left").textContent = sent < total && speed > 0 ? `${time((total - sent) / speed)} left` : "";
}

/** Draws the speed above the bar: as wide as what has left, and at its highest where it was fastest. */
function draw(share, speed) {
    const isNew = curve.length === 0 || share - curve.at(-1).share >= 0.5 || share === 100;
    if (isNew && speed > 0) curve.push({ share, speed });
    const most = Math.max(...curve.map(point => point.speed));
    const points = curve.map(point => [point.share, 100 - (95 * point.speed) / most]);
    const [left, right] = [points.at(0), points.at(-1)];
    const outline = points.length === 0 ? [] : [[0, 100], [0, left[1]], ...points, [right[0], 100]];
    place("curve").setAttribute("points", outline.join(" "));
}

function fail(why) {
    place("told").textContent = "";
    place("error").textContent = why;
}

/** Shows the form as it is while something is sent, or while nothing is. */
function turn(sending) {
    // What has the focus must not vanish below it.
    const focused = document.activeElement;
    place("cancel").hidden = !sending;
    place("send").disabled = sending;
    place("file").disabled = sending;
    if (sending && focused === place("send")) place("cancel").focus();
    if (!sending && focused === place("cancel")) place("send").focus();
}

function send(file) {
    place("error").textContent = "";
    place("answer").hidden = true;
    if (file.size > LARGEST) return fail(`${file.name} has ${size(file.size)}: more than 8 GiB are not taken.`);
    const began = performance.now();
    samples = [];
    curve = [];
    request = new XMLHttpRequest();
    request.open("POST", "/demo/upload");
    request.responseType = "json";
    request.upload.onprogress = event => show(event.loaded, event.total);
    request.onload = () => {
        if (request.status !== 200 || request.response === null) return fail(`The server refused it, with status ${request.status}.`);
        show(file.size, file.size);
        finish(request.response, file, performance.now() - began);
    };
    request.onerror = () => fail("The connection broke, or the file can't be read.");
    request.onabort = () => { place("told").textContent = "Cancelled."; };
    request.onloadend = () => { request = null; turn(false); };
    show(0, file.size);
    place("progress").hidden = false;
    place("told").textContent = `Sending ${file.name}.`;
    turn(true);
    request.send(file);
}

function finish(answer, file, milliseconds) {
    place("octets").textContent = whole.format(answer.octets);
    place("crc32").textContent = answer.crc32;
    place("time").textContent = time(milliseconds);
    place("mean").textContent = `${size((1000 * file.size) / milliseconds)}/s`;
    place("answer").hidden = false;
    place("told").textContent = answer.octets === file.size ? `${file.name} has arrived.` : "Not all of it has arrived.";
}

place("form").addEventListener("submit", event => {
    event.preventDefault();
    const [file] = place("file").files;
    if (file !== undefined && request === null) send(file);
});
place("cancel").addEventListener("click", () => request?.abort());
