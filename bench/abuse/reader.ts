// A viewer that reads without restraint: `reader.ts HOST:PORT IDENTITY.json READS SECONDS`. READS reads at once, each on a
// connection of its own and restarted when it ends: searches of the audit that find nothing, all of it, all of it unread, verification.
import { readFileSync } from 'node:fs';
import { type ClientIdentity, CONTROLLER_NAME } from '../../common/rpc/channel.ts';
import { protocol } from '../../common/rpc/proto.ts';
import { channelOptions, clientCredentials } from '../../lab/grpc-channel.ts';
import { answerLines } from '../../lab/line-program.ts';

const [, , address = '', path = '', reads = '1', seconds = '1'] = process.argv;
const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
const { rootCertificate, certificateChain, privateKey } = Object(file);
const identity: ClientIdentity = { rootCertificate, certificateChain, privateKey };

await answerLines(async () => {
  const untilMs = performance.now() + Number(seconds) * 1000;
  const done = { ended: 0, records: 0, refused: 0 };
  const stops: (() => void)[] = [];
  for (let i = 0; i < Number(reads); i++) {
    const client = new protocol.OperatorService(address, clientCredentials(identity), {
      ...channelOptions(CONTROLLER_NAME),
      'grpc.use_local_subchannel_pool': 1,
    });
    stops.push(() => client.close());
    const read = () => {
      if (performance.now() > untilMs) return;
      const again = (refused: boolean) => {
        done[refused ? 'refused' : 'ended']++;
        setTimeout(read, refused ? 100 : 0);
      };
      const call = client.ListAudit(i % 3 === 0 ? { actor: 'nobody' } : {});
      stops.push(() => call.cancel());
      call.on('status', ({ code }) => again(code !== 0));
      call.on('error', () => {});
      // Without a listener for its data nothing of it is read.
      if (i % 3 !== 2) call.on('data', () => done.records++);
    };
    read();
  }
  await new Promise((resolve) => setTimeout(resolve, untilMs - performance.now()));
  for (const stop of stops.toReversed()) stop();
  return done;
});
