/** `noroshi respond`: answers TCP connections to the sensor's addresses, on all ports. */
import { defineVerb, flag, list, text, type Values, whole } from '../verb.ts';

const MEBIBYTES_MOST = 1_048_576;

const respondOptions = {
  prefixes: list('<prefix>', 'addresses to answer for, IPv4 and IPv6; again or with commas for more'),
  except: list('<prefix>', 'addresses within them that are left alone, such as this machine’s own'),
  state: text('<folder>', 'where visits and payloads are written, as lines of JSON by the hour', 'files'),
  dryRun: flag('print the rules for nftables and routing; change nothing'),
  clean: flag('take away what a killed process left behind, and end'),
  connections: whole('<n>', 'connections at a time; one more is reset', 1, 1_000_000, 20_000),
  perSource: whole('<n>', 'connections of one source at a time', 1, 1_000_000, 256),
  visitSeconds: whole('<s>', 'longest visit', 1, 3600, 60),
  idleSeconds: whole('<s>', 'longest silence of a visitor', 1, 3600, 15),
  memory: whole('<MiB>', 'resident memory at which nobody more is let in', 64, MEBIBYTES_MOST, 512),
  disk: whole('<MiB>', 'what visits and payloads may take; the oldest go first', 1, MEBIBYTES_MOST, 1024),
};
export type RespondValues = Values<typeof respondOptions>;

export const respond = defineVerb({
  name: 'respond',
  sentence:
    'Answer TCP connections to every address of some prefixes, on all ports, and write down what visitors want.',
  options: respondOptions,
  examples: [
    ['noroshi respond --prefixes 192.0.2.0/24 --dry-run', 'the rules that it would set up'],
    ['noroshi respond --prefixes 192.0.2.0/24,2001:db8::/64 --state visits', 'answer until Ctrl-C'],
    ['noroshi respond --clean', 'after kill -9: take the rules away'],
  ],
  note:
    'One listener takes everything: nftables hands it the packets for these prefixes (tproxy), so that it sees which address and port were ' +
    'meant. It says a greeting where servers speak first (telnet, FTP, SSH, SMTP, POP3), 401 to HTTP, a hello to TLS, "login incorrect" to ' +
    'everybody, and is silent otherwise. It never runs, fetches, passes on or connects anything. Needs root or CAP_NET_ADMIN, nft and ip. ' +
    'The prefixes must be routed to this machine; the passive side (noroshi sensor) goes on beside it.',
  run: async (io, _, values) => (await import('../respond/run.ts')).runRespond(io, values),
});
