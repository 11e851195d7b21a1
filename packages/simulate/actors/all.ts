/** The cast, one file per kind of sender. To add an actor: write its file, name it here. */
import type { Actor } from '../actor.ts';
import { actors as amplification } from './amplification.ts';
import { actors as bittorrent } from './bittorrent.ts';
import { actors as bogon } from './bogon.ts';
import { actors as bots } from './bots.ts';
import { actors as census } from './census.ts';
import { actors as connect } from './connect.ts';
import { actors as damage } from './damage.ts';
import { actors as dosCarpet } from './dos-carpet.ts';
import { actors as dosIcmp } from './dos-icmp.ts';
import { actors as dosService } from './dos-service.ts';
import { actors as dosTcp } from './dos-tcp.ts';
import { actors as drizzle } from './drizzle.ts';
import { actors as exploits } from './exploits.ts';
import { actors as fragments } from './fragments.ts';
import { actors as icmpSweep } from './icmp-sweep.ts';
import { actors as igmp } from './igmp.ts';
import { actors as logins } from './logins.ts';
import { actors as masscan } from './masscan.ts';
import { actors as mirai } from './mirai.ts';
import { actors as nmap } from './nmap.ts';
import { actors as oddity } from './oddity.ts';
import { actors as reflection } from './reflection.ts';
import { actors as repeats } from './repeats.ts';
import { actors as synackScan } from './synack-scan.ts';
import { actors as tunnels } from './tunnels.ts';
import { actors as udpScan } from './udp-scan.ts';
import { actors as unicornscan } from './unicornscan.ts';
import { actors as vertical } from './vertical.ts';
import { actors as zmap } from './zmap.ts';

const FILES = [
  zmap,
  masscan,
  nmap,
  unicornscan,
  vertical,
  connect,
  udpScan,
  icmpSweep,
  mirai,
  bots,
  dosTcp,
  dosIcmp,
  dosService,
  dosCarpet,
  synackScan,
  reflection,
  amplification,
  exploits,
  logins,
  bittorrent,
  bogon,
  drizzle,
  oddity,
  fragments,
  tunnels,
  igmp,
  damage,
  repeats,
  census,
];

/** Every actor; names are unique. */
export const ACTORS: readonly Actor[] = FILES.flat();
