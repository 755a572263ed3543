// A sandbox: namespaces of its own for network, mounts and processes. All that a scenario makes in it
// (devices, namespaces, mounts, nodes) is gone when its first process ends, however it ends, and two
// runs cannot see each other. Nothing on the machine itself is touched.
import { spawn, spawnSync } from 'node:child_process';

const MARK = 'POGCS_FAULTS_SANDBOX';

/** Whether this process runs in a sandbox. */
export const inside = process.env[MARK] === '1';

// The names of network namespaces and the memory that libfaketime shares would be the machine's.
const PREPARE = `
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /dev/shm
  ip link set lo up
  export ${MARK}=1
  exec "$@"`;

/** A command and its arguments, as they run in a new sandbox. */
const sandboxed = (command) => [
  'unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child',
  // Who is not root becomes it in there, where the system lets them.
  ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user']),
  'sh', '-ec', PREPARE, 'sh', ...command,
];

/** Why this machine can make no sandbox, or nothing if it can. */
export const impossible = () => {
  const [command, ...args] = sandboxed([
    'sh', '-ec', 'ip netns add probe; ip tuntap add probe mode tap; perl -MTime::HiRes -e 1',
  ]);
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  const words = error?.message ?? (stderr.trim().split('\n').at(-1) || `unshare ended with ${status}`);
  return `no namespaces here (${words}); run it as root on Linux with iproute2 and perl`;
};

/** Starts a command in a new sandbox if `isolated`, as it is otherwise; what it says goes to stderr. */
export const run = (command, { isolated, env }) => {
  const [program, ...args] = isolated ? sandboxed(command) : command;
  return spawn(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
};
