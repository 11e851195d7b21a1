/** Cells that several tables of the report share. */
import { protocolName } from '@noroshi/wire/net/protocol.ts';
import { count } from '../look/numbers.ts';
import { safe } from '@noroshi/kit/safe.ts';
import type { PortUse } from './analysis.ts';
import { isIcmp } from './services.ts';

export function networkText({ as, as_name }: { readonly as: number | null; readonly as_name: string }): string {
  return as === null ? '' : `AS${as} ${safe(as_name)}`.trimEnd();
}

/** `23/tcp 2323/tcp`, or how many when there are more than fit in a glance. */
export function portsText(ports: readonly PortUse[], total = ports.length): string {
  const shown = ports.slice(0, 2).map(portText).join(' ');
  return total > 2 ? `${shown} +${count(total - 2)}` : shown;
}

function portText({ proto, port }: PortUse): string {
  const name = protocolName(proto);
  if (isIcmp(proto)) return `${port >> 8}/${port & 255} ${name}`;
  return port === 0 && proto !== 6 && proto !== 17 ? name : `${port}/${name}`;
}
