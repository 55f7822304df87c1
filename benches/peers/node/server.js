// Node's http server in one process.
'use strict';
const http = require('node:http');
const [host, port] = process.argv[process.argv.indexOf('--listen') + 1].split(':');
const greeting = Buffer.from('Hello world!');
const headers = { 'Content-Type': 'text/plain', 'Content-Length': greeting.length };
const server = http.createServer((request, response) => {
  if (request.url === '/') response.writeHead(200, headers).end(greeting);
  else response.writeHead(404, headers).end(greeting);
});
server.keepAliveTimeout = 0;
server.listen({ host, port: Number(port), backlog: 4096 });
