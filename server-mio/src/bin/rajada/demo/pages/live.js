// Shows the events of /demo/events. Their ids are the seconds that they tell, so that a gap between two ids is what was lost.

const SECONDS = 60;
const LINES = 8;
/** How long is waited before a connection that the browser has given up, in milliseconds. */
const PATIENCE = 3000;

const place = id => document.getElementById(id);
const cells = Array.from({ length: SECONDS }, () => document.createElement("span"));
place("strip").append(...cells);

let source = null;
let again = 0;
let last = null;
let count = 0;
let missed = 0;
let lost = 0;

/** Says how the connection is, to screen readers too: only when that has changed. */
function say(state, text) {
    const shown = place("state");
    if (shown.textContent !== text) shown.textContent = text;
    shown.dataset.state = state;
    place("switch").textContent = state === "off" ? "Connect" : "Disconnect";
}

function connect() {
    // The browser names the last event in a header when it connects again by itself; a new source has to be told.
    source = new EventSource(last === null ? "/demo/events" : `/demo/events?after=${last}`);
    source.onopen = () => say("open", "Connected");
    source.onmessage = message => take(Number(message.lastEventId), JSON.parse(message.data));
    source.onerror = () => {
        say("waiting", "Connection lost; connecting again");
        if (source.readyState === EventSource.CLOSED) again = setTimeout(connect, PATIENCE);
    };
}

function disconnect() {
    clearTimeout(again);
    source.close();
    source = null;
    say("off", "Disconnected");
}

function take(id, event) {
    if (last !== null && id > last + 1) lost += id - last - 1;
    clear(id);
    last = id;
    count += 1;
    if (event.missed) missed += 1;
    cells[id % SECONDS].dataset.cell = event.missed ? "missed" : "live";
    place("time").textContent = event.time;
    place("last").textContent = id;
    place("count").textContent = count;
    place("missed").textContent = missed;
    place("lost").textContent = lost;
    list(id, event);
}

/** Empties the cells of the seconds behind the last event, and marks the newest. */
function clear(id) {
    for (const cell of cells) delete cell.dataset.newest;
    for (let second = Math.max((last ?? 0) + 1, id - SECONDS + 1); second <= id; second += 1) {
        delete cells[second % SECONDS].dataset.cell;
    }
    cells[id % SECONDS].dataset.newest = "";
}

function list(id, event) {
    const line = document.createElement("li");
    line.dataset.id = id;
    for (const text of [id, event.time, event.missed ? "sent again" : "in time"]) {
        const part = document.createElement("span");
        part.textContent = text;
        line.append(part);
    }
    const log = place("log");
    log.prepend(line);
    while (log.children.length > LINES) log.lastChild.remove();
}

place("switch").addEventListener("click", () => {
    if (source === null) {
        say("waiting", "Connecting");
        connect();
    } else {
        disconnect();
    }
});
connect();
