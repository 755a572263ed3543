// A network of machines within the sandbox: a network namespace for each, on one switch.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

const SWITCH = new URL('switch.pl', import.meta.url).pathname;

/** The range that RFC 2544 sets aside for tests of networks. */
const address = (port) => `198.18.0.${port + 1}`;

/** The test's own port, through which it asks the nodes. */
const HOST = 'host';

const ip = (...args) => execFileSync('ip', args);
const device = (name) => `tap-${name}`;

export class Network {
  /** Makes the machines `names`, and the network between them. */
  static async of(names) {
    const network = new Network();
    network.names = names;
    const ports = [HOST, ...names];
    network.switch = spawn('perl', [SWITCH, ...ports.map(device)], { stdio: ['pipe', 'pipe', 'inherit'] });
    await Promise.race([
      once(network.switch.stdout, 'data'),
      once(network.switch, 'exit').then(() => Promise.reject(new Error('the switch has not started'))),
    ]);
    for (const [port, name] of ports.entries()) {
      const inside = name === HOST ? [] : ['-n', name];
      if (name !== HOST) {
        ip('netns', 'add', name);
        ip('link', 'set', device(name), 'netns', name);
        ip(...inside, 'link', 'set', 'lo', 'up');
      }
      ip(...inside, 'address', 'add', `${address(port)}/24`, 'dev', device(name));
      ip(...inside, 'link', 'set', device(name), 'up');
    }
    return network;
  }

  /** Where nodes run that are started on the machine `name`. */
  place(name) {
    return {
      address: address(1 + this.names.indexOf(name)),
      command: (command, args) => ['nsenter', [`--net=/run/netns/${name}`, command, ...args]],
      // The machine's only address is in the sandbox. Without the list of origins, by which hosts are
      // refused as well, it answers to its address.
      args: ['--unsafe-rpc-external', '--rpc-methods', 'unsafe', '--rpc-cors', 'all'],
    };
  }

  /** Lets only members of one group reach each other; machines in no group reach all. */
  partition(...groups) {
    this.#say('groups', ...groups.map((group) => group.map(device).join(',')));
  }

  /** Holds each packet between machines for `least` to `most` ms. */
  delay(least, most) {
    this.#say('delay', least, most);
  }

  heal() {
    this.partition();
    this.delay(0, 0);
  }

  /** Ends the network; its devices go with the switch. */
  async close() {
    if (this.switch.exitCode === null) {
      this.switch.stdin.end();
      await once(this.switch, 'exit');
    }
    for (const name of this.names) ip('netns', 'delete', name);
  }

  #say(...words) {
    this.switch.stdin.write(`${words.join(' ')}\n`);
  }
}
