import { randomInt } from 'node:crypto';
import { isFree } from '../../local/wait-for-port.ts';

/**
 * So many ports that nothing listens on. Below those that the system gives to outgoing connections: one of these could be
 * taken between this look and the server's start.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(12_000, 32_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}
