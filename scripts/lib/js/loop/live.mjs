// The live view: blocks and finality, energy per device, tasks with their pictures and results,
// payments, weights. Ctrl-C stops everything that was started.
import { digits } from './digits.mjs';
import { images, picture } from './images.mjs';
import { GCS, World } from './world.mjs';

const bold = (text) => `\x1b[1m${text}\x1b[0m`;
const dim = (text) => `\x1b[2m${text}\x1b[0m`;
const green = (text) => `\x1b[32m${text}\x1b[0m`;

let step = '';
const world = new World((words) => {
  step = words;
  if (!process.stdout.isTTY || !world?.node) console.log(words);
});

let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  process.stdout.write('\x1b[?25h\nstopping the nodes and devices\n');
  await world.stop();
  process.exit(0);
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

/** A device's last words; that it verified one more final block is none worth showing. */
const said = ({ events }) => (events.findLast(({ kind }) => kind !== 'finalised')?.text ?? '').slice(0, 110);

/** Energy as people read it. */
const energyOf = (wh) => (wh >= 1 || wh === 0 ? `${wh.toFixed(1)} Wh` : `${(wh * 1000).toFixed(0)} mWh`);

/** Everything that the screen shows, read from the chain. */
const look = async () => {
  const { api } = world;
  const [best, finalized, epoch, weights, owner] = await Promise.all([
    api.rpc.chain.getHeader(),
    world.node.finalized(),
    world.node.engine('epoch'),
    world.weights(),
    api.query.system.account(world.owner.address),
  ]);
  const devices = await Promise.all(
    world.devices.map(async (device) => {
      const report = epoch.index > 0
        ? (await api.query.energy.reports(device.id, epoch.index - 1)).unwrapOr(undefined)
        : undefined;
      const wh = (mWh) => Number(mWh.toBigInt()) / 1000;
      return {
        device,
        energy: report && {
          generation: wh(report.generation),
          draw: wh(report.computeDraw),
          green: wh(report.greenDraw),
          left: wh(report.available),
        },
      };
    }),
  );
  const tasks = [];
  for (const task of world.tasks.slice(-2)) tasks.push({ ...task, chunks: await world.chunks(task.id) });
  return { best: best.number.toNumber(), finalized, epoch, weights, owner: owner.data.free.toBigInt(), devices, tasks };
};

const render = ({ best, finalized, epoch, weights, owner, devices, tasks }, paid) => {
  const lines = [
    `${bold('PoGCS')}  block ${best}, final ${green(finalized)}   interval ${epoch.index}   ${dim('Ctrl-C stops everything')}`,
    // For whoever connects a wallet or lets another node join.
    dim(`${world.node.url}  --bootnodes ${world.node.address}`),
    '',
    bold('devices') + dim('      energy of the last interval'),
  ];
  for (const { device, energy } of devices) {
    const metered = energy
      ? `${energyOf(energy.generation).padStart(9)} of sun, ${energyOf(energy.draw)} drawn by compute, ${energyOf(energy.green)} of it green, ${energyOf(energy.left)} of that unproven`
      : dim('not reported yet');
    lines.push(`  ${device.name.padEnd(10)} ${metered}`);
    lines.push(dim(`             ${said(device)}`));
  }
  for (const { id, reward, chunks } of tasks) {
    lines.push('', `${bold(`task ${id}`)}  ${reward / GCS} GCS a chunk`);
    for (const [index, chunk] of chunks.entries()) {
      const read = chunk.scores ? digits(chunk.scores) : [];
      const rows = chunk.images.map(({ pixels }) => picture(pixels));
      for (let row = 0; row < 4; row += 1) {
        const label = row === 0 ? `chunk ${index} ${chunk.state}`.padEnd(20) : ' '.repeat(20);
        const cells = rows.map((image, i) => image[row] + (row === 1 && read.length ? green(` ${read[i]} `) : '   '));
        lines.push(`  ${label}${cells.join(' ')}`);
      }
    }
  }
  lines.push('', bold('weights') + dim('      now, next, average of verified work in µGPU-h'));
  for (const [name, { current, next, average }] of Object.entries(weights)) {
    const bar = '█'.repeat(Math.round((next / 65535) * 40));
    lines.push(`  ${name.padEnd(10)} ${String(current).padStart(5)} ${String(next).padStart(5)} ${String(average).padStart(6)}  ${green(bar)}`);
  }
  lines.push('', `paid to the devices' owner so far: ${bold(`${Number(paid / (GCS / 100n)) / 100} GCS`)}`);
  return lines.join('\n');
};

try {
  await world.startChain();
  await world.register();
  const before = (await world.api.query.system.account(world.owner.address)).data.free.toBigInt();
  world.startDevices();
  await world.devicesAreReady();
  process.stdout.write('\x1b[?25l');
  let first = 0;
  let opened = -3;
  while (!stopping) {
    const seen = await look();
    // A new task of two chunks every other interval.
    if (seen.epoch.index >= opened + 2) {
      opened = seen.epoch.index;
      world.openTask(first, 2).catch((error) => { step = error.message; });
      first = (first + 8) % images.length;
    }
    process.stdout.write(`\x1b[2J\x1b[H${render(seen, seen.owner - before)}\n`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
} catch (error) {
  process.stdout.write('\x1b[?25h');
  console.error(`the demonstration stopped: ${error.message}${step ? ` (while ${step})` : ''}`);
  await world.stop();
  process.exit(1);
}
