// A process that takes a lease: `hold FILE` says `held` and keeps it until it is killed; `race FILE MARKER TIMES` takes it again
// and again, and fails where another living process has it at the same time, which the marker shows. Uses the built program.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { withLease } = await import(new URL('../../../../dist/batch/run/lease.js', import.meta.url));
const [, , action, file, marker, times] = process.argv;
const { signal } = new AbortController();

if (action === 'hold') {
  await withLease(file, signal, async () => {
    process.stdout.write('held\n');
    await sleep(600_000);
  });
}

for (let done = 0; done < Number(times); ) {
  try {
    await withLease(file, signal, alone);
    done += 1;
  } catch (error) {
    if (error.code !== 'locked') throw error;
    await sleep(Math.random() * 3);
  }
}

async function alone() {
  const other = readMarker();
  if (other !== undefined && isRunning(other)) {
    process.stdout.write(`process ${other} has it too\n`);
    process.exit(3);
  }
  writeFileSync(marker, String(process.pid));
  await sleep(Math.random() * 4);
  if (readMarker() !== process.pid) {
    process.stdout.write('another process took it meanwhile\n');
    process.exit(3);
  }
  rmSync(marker);
}

function readMarker() {
  try {
    return Number(readFileSync(marker, 'utf8'));
  } catch {
    return undefined;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return !/ Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
