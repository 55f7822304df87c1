// Node with `ws`, in one process: /ws sends every message back, /room gets what is sent to /send.
'use strict';
const http = require('node:http');
const path = require('node:path');
const { WebSocketServer } = require(path.join(process.argv[2], 'node_modules', 'ws'));
const [host, port] = process.argv[process.argv.indexOf('--listen') + 1].split(':');
const room = new Set();
const server = http.createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: true, clientTracking: false });
sockets.on('connection', (socket, request) => {
  socket.on('error', () => socket.terminate());
  if (request.url === '/ws') {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  } else if (request.url === '/room') {
    room.add(socket);
    socket.on('close', () => room.delete(socket));
  } else if (request.url === '/send') {
    socket.on('message', (data, binary) => {
      for (const member of room) member.send(data, { binary });
    });
  } else {
    socket.terminate();
  }
});
server.listen({ host, port: Number(port), backlog: 4096 });
