import { Server } from 'node:net';

/**
 * While `action` runs, servers that are opened without an address listen on 127.0.0.1. The library opens the server of its
 * HTTP streaming on all interfaces, where it would be reachable past the host and its keys.
 */
export const listenOnLoopback = async <Result>(action: () => Promise<Result>): Promise<Result> => {
  const original = Server.prototype.listen;
  const listen = original as unknown as (this: Server, ...values: unknown[]) => Server;
  Server.prototype.listen = function listenLocally(this: Server, ...values: unknown[]) {
    return typeof values[0] === 'function' ? listen.call(this, 0, '127.0.0.1', values[0]) : listen.apply(this, values);
  } as typeof original;
  try {
    return await action();
  } finally {
    Server.prototype.listen = original;
  }
};
