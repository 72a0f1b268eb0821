import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The control of the webhook's figures: Node's own server, which reads the body and answers 202. */
const server = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(202).end());
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
