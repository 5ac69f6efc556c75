import { createServer } from 'node:http';

/** A server that reads and answers 200, and does nothing else: what the load process can do alone. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'));
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.once('disconnect', () => process.exit(0));
