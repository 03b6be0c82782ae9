// An agent as a process of its own, to be killed: the real one with its record on disk and TLS, on a datapath in memory, which is gone
// after a kill as a kernel's is after a reboot. `agent.ts ADDRESS STATE_DIR`; its identity comes by the first message of the parent,
// `dump` is answered with what the datapath holds.
import { Agent } from '../../../agent/agent.ts';
import { systemAgentClock } from '../../../agent/host/boot-clock.ts';
import { StateFile } from '../../../agent/list/record/state-file.ts';
import { SyncDialer } from '../../../agent/session/sync-dialer.ts';
import { createLogger } from '../../../common/logger.ts';
import { MemoryDatapath } from '../../agent/memory-datapath.ts';
import { listed } from '../fleet.ts';

const [, , address = '', directory = ''] = process.argv;

process.once('message', (message) => {
  const { rootCertificate, certificateChain, privateKey } = Object(message);
  const identity = {
    rootCertificate: String(rootCertificate),
    certificateChain: String(certificateChain),
    privateKey: String(privateKey),
  };
  const clock = systemAgentClock();
  const dialer = new SyncDialer();
  const log = createLogger('agent', process.env.FLEETBLOCK_TEST_LOG ?? 'silent');
  const datapath = new MemoryDatapath({ bootMs: clock.bootMs });
  const agent = new Agent({
    datapath,
    store: new StateFile({ directory, clock, log }),
    clock,
    log,
    agentVersion: '0',
    kernelVersion: '6',
    dial: (signal) => dialer.dial(address, identity, signal),
  });
  process.on('message', () => process.send?.(listed(datapath.held)));
  void agent.run(new AbortController().signal);
});
