// The addresses of this machine that others could reach: neither loopback nor link-local.
import { networkInterfaces } from 'node:os';

export const ownAddresses = () =>
  Object.values(networkInterfaces())
    .flat()
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);
