// What machine the figures come from.
import os from 'node:os';

const cpus = os.cpus();
console.log(`machine: ${cpus.length} × ${cpus[0].model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ` +
  `${os.type()} ${os.release()}, Node ${process.versions.node}`);
