// A WebSocket by Node's ws: `frames.js URL`.

const WebSocket = require('ws');

const url = process.argv[2].replace('http://', 'ws://') + '/ws';
const socket = new WebSocket(url, ['other', 'echo']);
const sent = ['', 'é ☃', 'long '.repeat(40000), Buffer.from([...Array(256).keys()]), 'é ☃'];
const expected = [...sent, 'in fragments, again in fragments'];
const seen = [];
let pongs = 0;

function check(is, what) {
  if (!is) {
    console.error(what);
    process.exit(1);
  }
}

socket.on('open', () => {
  check(socket.protocol === 'echo', `protocol: ${socket.protocol}`);
  check(socket.extensions === 'permessage-deflate', `extensions: ${socket.extensions}`);
  socket.ping('here');
  sent.forEach(message => socket.send(message));
  socket.send('in ', {fin: false});
  socket.ping('between');
  socket.send('fragments, ', {fin: false});
  socket.send('again in fragments', {fin: true});
});
socket.on('pong', () => pongs++);
socket.on('message', (octets, isBinary) => {
  seen.push(isBinary ? octets : octets.toString());
  if (seen.length === expected.length) socket.close(4000, 'done');
});
socket.on('error', error => check(false, `${error}`));
socket.on('close', code => {
  check(JSON.stringify(seen) === JSON.stringify(expected), `messages: ${JSON.stringify(seen).slice(0, 200)}`);
  check(pongs > 0, 'no pong');
  check(code === 4000, `code: ${code}`);
});
