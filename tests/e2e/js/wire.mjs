/** Requests byte by byte, for what no client library would send. */

import { request } from 'node:http';
import { connect } from 'node:net';
import { server } from './server.mjs';

const { hostname, port } = new URL(server.url);

/** One request whose path and body go out as they are. Resolves to status, headers, text and, if it is JSON, body. */
export function send(method, path, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers, agent: false, maxHeaderSize: 1 << 20 }, (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        let json;
        try {
          json = JSON.parse(text);
        } catch {
          // Not JSON: the caller sees that body is undefined.
        }
        resolve({ status: incoming.statusCode, headers: incoming.headers, text, body: json });
      });
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Raw bytes on a socket, for what is not even HTTP. Resolves to all that came back before the server hung up. */
export function sendBytes(bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    const chunks = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve('') : reject(error)));
  });
}
