// Talks to all who have this page open, over /demo/chat/socket.

const LINES = 12;
/** How long is waited before a connection that was lost is made again, in milliseconds. */
const PATIENCE = 2000;

const place = id => document.getElementById(id);

let socket = null;
let again = 0;
let count = 0;

/** Says how the connection is, to screen readers too: only when that has changed. */
function say(state, text) {
    const shown = place("state");
    if (shown.textContent !== text) shown.textContent = text;
    shown.dataset.state = state;
    place("switch").textContent = state === "off" ? "Connect" : "Disconnect";
    place("send").disabled = state !== "open";
    if (state !== "open") place("here").textContent = "–";
}

function connect() {
    const own = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/demo/chat/socket`);
    socket = own;
    own.onopen = () => say("open", "Connected");
    own.onmessage = message => take(JSON.parse(message.data));
    own.onclose = () => {
        if (socket !== own) return;
        say("waiting", "Connection lost; connecting again");
        again = setTimeout(connect, PATIENCE);
    };
}

function disconnect() {
    clearTimeout(again);
    const own = socket;
    socket = null;
    own.close();
    say("off", "Disconnected");
}

function take(event) {
    if (event.here !== undefined) {
        place("here").textContent = event.here;
        return;
    }
    count += 1;
    place("count").textContent = count;
    const line = document.createElement("li");
    const time = document.createElement("time");
    time.textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const text = document.createElement("span");
    text.textContent = event.said;
    line.append(time, text);
    const log = place("log");
    log.prepend(line);
    while (log.children.length > LINES) log.lastChild.remove();
}

place("form").addEventListener("submit", event => {
    event.preventDefault();
    const text = place("text");
    if (socket === null || socket.readyState !== WebSocket.OPEN || text.value === "") return;
    socket.send(text.value);
    text.value = "";
});
place("switch").addEventListener("click", () => {
    if (socket === null) {
        say("waiting", "Connecting");
        connect();
    } else {
        disconnect();
    }
});
connect();
