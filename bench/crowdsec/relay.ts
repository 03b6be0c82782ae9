// Between the controller and a LAPI, for bench/crowdsec.ts: says when the last byte of each answer went through, and how many there were.
import { connect, createServer } from 'node:net';

const [listen, lapi] = process.argv.slice(2).map(Number);

createServer((client) => {
  const server = connect(lapi ?? 0, '127.0.0.1');
  let bytes = 0;
  server.on('data', (piece) => {
    bytes += piece.length;
  });
  server.on('end', () => process.stdout.write(`${Date.now()} ${bytes}\n`));
  for (const socket of [client, server]) socket.on('error', () => client.destroy());
  client.pipe(server).pipe(client);
}).listen(listen, '127.0.0.1');
