/** What the programs of the comparison do for a packet, in words: a table of speeds is unfair without. */

export const WORK = `- **noroshi flows** walks every header, gives the packet a class, predicates and the marks of known tools and bots, and
  gathers rows by minute, source, destination, protocol, service port, class and marks: packets, bytes, first and last
  time, TTLs, flags, window, options, span of client ports, a payload sample. Written as Parquet, with digests and fsync.
- **noroshi analyze** does the same up to the marks and then counts sources, services, victims and places for a report.
- **nfpcapd** keeps a cache of 5-tuples with timeouts (300 s active, 60 s inactive) and writes times, packets, bytes, flags
  and TOS of each, about 76 bytes a flow, a file a minute. One thread reads, others keep the flows and write them.
- **softflowd** keeps a tree of bidirectional 5-tuples and exports NetFlow v9 over UDP: nothing goes to disk.
- **argus** follows bidirectional flows and writes a status record of each every 60 s, about 94 bytes: counters of both
  directions, state, loss and latency.
- **tshark** dissects each packet fully and prints eleven fields; no flow state. It is shown because people use it for this.
- **tcpdump -w** reads and copies; no headers are looked at.

Not here because Debian has no package of them: Corsaro 2 and 3, the telescope programs of CAIDA. On another day, on a machine
of this class and another capture where every packet is a flow, Corsaro 2's flowtuple ran at about 0.10 × tcpdump (0.95 M
packets/s), Corsaro 3 with one packet thread at 0.07 × (0.75 M packets/s); both write less per flow and know no tools.`;
