/**
 * The names in the JSON of each verb: THE table that the reference is written from and that tests hold the output against. A name
 * once published keeps its meaning; new ones are added at the end.
 */
export interface Field {
  /** Path with dots; `[]` stands for each entry of an array, `*` for any name. */
  readonly name: string;
  readonly type: string;
  readonly sentence: string;
}

function fields(text: string): Field[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name, type, sentence] = line.split(' | ').map((part) => part.trim());
      return { name, type, sentence };
    });
}

/** On every line of `packages --json`, null where the packet has none. */
export const PACKET_FIELDS = fields(`
n | number | Number of the packet, from 1 on, over all captures given; filters leave gaps.
ts | number | Time in epoch seconds, always with nine decimals: read it as a decimal, a double has no room for them.
link | string | Link type of the first byte (link-types.md).
src | string? | Source address; null when no IP header was understood.
dst | string? | Destination address.
proto | number? | IP protocol number behind extension headers.
sport | number? | Source port of TCP, UDP, UDP-Lite, SCTP, DCCP.
dport | number? | Destination port.
tcp_flags | number? | The twelve flag bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128 …
ttl | number? | TTL or hop limit.
ip_id | number? | IPv4 identification.
icmp_type | number? | ICMP or ICMPv6 type.
icmp_code | number? | ICMP or ICMPv6 code.
class | string | What the packet is (classes.md).
marks | string[] | Header marks of tools and bots (marks.md): evidence, not a verdict.
stop | string? | Why reading the packet ended before its payload; null when it did not (stops.md).
len | number | Bytes on the wire, as the capture says.
caplen | number | Bytes captured.
proto_name | string? | Name of proto.
vlan | number? | Outermost VLAN identifier.
tunnel | string? | What carries another packet: gre, ipip, 6in4, 4in6, 6in6, vxlan, geneve.
ip_len | number? | Bytes of the IP packet, as its header says.
predicates | string[] | Facts about the packet (predicates.md).
payload_len | number | Bytes of transport payload, by the inner length field.
`);

/** On the lines of some packets only. */
export const PACKET_EXTRA_FIELDS = fields(`
window | number | TCP: window field, not scaled.
seq | number | TCP: sequence number.
ack | number | TCP: acknowledgement number.
options | string | TCP: options as kinds_mss_ws, '' without any.
quoted | object | ICMP errors: src, dst, proto, sport, dport of the packet that is quoted.
checksum_ip | string? | With --verify: ok, bad; null when there is none or not all of it was captured.
checksum_transport | string? | With --verify: the same of TCP, UDP, ICMP, ICMPv6.
inner | object | With --inner: the packet that a tunnel carries, with these names but n, ts, len, caplen.
`);

/** Of the object that `analyze --json` prints. */
export const ANALYZE_FIELDS = fields(`
files | string[] | The captures, as given.
packets | number | Packets read.
bytes | number | Their bytes on the wire, as the captures say.
ip_bytes | number | Bytes of the kept packets by their IP headers.
first | number? | Time of the earliest packet, epoch seconds with nine decimals; null without packets.
last | number? | Time of the latest packet.
first_iso | string? | The same as ISO 8601, UTC.
last_iso | string? | The same as ISO 8601, UTC.
duration_s | number | last − first.
links.* | number | Packets by link type.
counters.received | number | kept + filtered + dropped.
counters.kept | number | Packets with an IP header (and, with --net, to these addresses): what all further counts are about.
counters.filtered.not_ip | number | Packets that are no IP.
counters.filtered.malformed | number | Packets whose IP header is cut or lies.
counters.filtered.elsewhere | number | With --net: packets to other addresses.
counters.dropped | number | Packets that the captures themselves report as lost.
classes.* | number | Packets by class; every class is there. Packets that went elsewhere do not count.
protocols[].proto | number | IP protocol number.
protocols[].proto_name | string | Its name.
protocols[].packets | number | Packets.
ports[].proto | number | IP protocol number.
ports[].proto_name | string | Its name.
ports[].port | number | Service port: destination port of what asks, source port of what answers.
ports[].service | string | What the port usually means, '' when it has no name here.
ports[].packets | number | Packets; the list is ranked by them.
ports[].probes | number | Of these, packets of class probe.
ports[].sources | number | Different sources.
icmp[].proto | number | 1 or 58.
icmp[].proto_name | string | icmp or icmpv6.
icmp[].type | number | Type.
icmp[].code | number | Code.
icmp[].name | string | Name of the message, '' when it has none here.
icmp[].packets | number | Packets.
icmp[].probes | number | Of these, packets of class probe.
icmp[].sources | number | Different sources.
service_sources_at_least | boolean | True when the sources of ports and icmp are lower bounds.
sources.count | number | Different sources.
sources.at_least | boolean | True when a limit was reached and counts of sources are lower bounds.
sources.ipv4 | number | IPv4 sources.
sources.ipv6 | number | IPv6 sources.
sources.top[].address | string | Address.
sources.top[].country | string | ISO 3166-1 code, unknown, or bogon for an address that cannot be on the Internet.
sources.top[].as | number? | AS number; null when unknown or bogon.
sources.top[].as_name | string | Name of its holder, '' when unknown.
sources.top[].packets | number | Packets; the list is ranked by them.
sources.top[].class | string | The class of most of its packets.
sources.top[].ports[].proto | number | Its services, most packets first, at most five.
sources.top[].ports[].port | number | Port, or for ICMP type × 256 + code.
sources.top[].ports[].packets | number | Packets.
sources.top[].port_count | number | How many services it has in all.
sources.top[].marks | string[] | Marks that at least two of its packets carry.
targets.count | number | Different destinations of the kept packets.
targets.at_least | boolean | True when that is a lower bound.
countries[].country | string | ISO 3166-1 code, unknown, or bogon. All of them, ranked by packets.
countries[].packets | number | Packets.
countries[].sources | number | Different sources.
as[].as | number? | AS number; null for unknown and bogon.
as[].name | string | Name of its holder; unknown, bogon.
as[].packets | number | Packets; the list is ranked by them.
as[].sources | number | Different sources.
marks.*.packets | number | Packets that carry the mark; marks nobody carries are left out.
marks.*.sources | number | Sources with at least one such packet.
marks.*.sources_repeated | number | Sources with at least two: one packet may carry a 16-bit mark by chance.
predicates.* | number | Packets of which the fact holds; facts that hold of none are left out.
tunnels.* | number | Packets by tunnel.
victims[].address | string | Who answers what nobody asked, or the quoted destination of an ICMP error.
victims[].country | string | As for sources.
victims[].as | number? | As for sources.
victims[].as_name | string | As for sources.
victims[].packets | number | Answers; the list is ranked by them.
victims[].targets | number | Different destinations that got them.
victims[].first | number | Epoch seconds.
victims[].last | number | Epoch seconds.
victims[].service_ports[].proto | number | Attacked services, most packets first, at most five.
victims[].service_ports[].port | number | Port; 0 without ports.
victims[].service_ports[].packets | number | Answers.
victims[].our_ports.least | number | Least port of the destinations.
victims[].our_ports.most | number | Greatest one; when both are the same a SYN-ACK scan is more likely. our_ports is null without ports.
victims[].timeline.from | number | As for timeline.
victims[].timeline.step_s | number | As for timeline.
victims[].timeline.packets | number[] | As for timeline.
victim_count | number | Victims in all.
victims_at_least | boolean | True when some small ones were forgotten.
attack_count | number | Of all victims, those with 25 answers or more over 60 s or longer that do not all go to one port.
targets_at_least | boolean | True when targets of victims are lower bounds.
timeline.from | number | Beginning of the first bin, epoch seconds.
timeline.step_s | number | Width of a bin, a power of two of a second.
timeline.packets | number[] | Packets per bin.
damage.captures[].file | string | A capture that could not be read to its end.
damage.captures[].kind | string | Why (stops.md): cut, record, block, format, stream …
damage.captures[].offset | number | Byte of the decompressed capture where that is.
damage.captures[].detail | string | What exactly.
damage.packets.* | number | Damaged packets by layer/kind, such as tcp/cut.
not_walked.* | number | Packets by layer/number behind which nothing is walked, such as ethernet/0x0806 (ARP).
tables[].what | string | countries or as.
tables[].name | string | Name of the table.
tables[].date | string | Its day.
tables[].version | string | Version of its package, '' for a file of yours.
tables[].licence | string | Licence and whom it names.
`);

/** Of the object that `flows --json` prints. */
export const FLOWS_FIELDS = fields(`
out | string | The file.
rows | number | Flow rows in it.
packets | number | Packets read.
bytes | number | Size of the file.
counters.received | number | kept + filtered + dropped.
counters.kept | number | Packets in the rows.
counters.filtered.not_ip | number | Packets that are no IP.
counters.filtered.malformed | number | Packets whose IP header is cut or lies.
counters.filtered.elsewhere | number | With --net: packets to other addresses.
counters.dropped | number | Packets that the captures themselves report as lost.
closed_early | number | How often a minute had too many rows and was written early.
first | number? | Earliest kept packet, epoch seconds, milliseconds cut off.
last | number? | Latest kept packet.
sensor | string | Name of the sensor in the file.
exposure | object[] | How many addresses listened from when to when; empty without --net.
digest | string | SHA-256 over the digests of all row groups.
seconds | number | How long it took.
damage.captures[].file | string | As for analyze.
damage.captures[].kind | string | As for analyze.
damage.captures[].offset | number | As for analyze.
damage.captures[].detail | string | As for analyze.
`);

/** Of the object that `simulate --json` prints. */
export const SIMULATE_FIELDS = fields(`
capture | string | The capture.
truth | string | Its truth, a line of JSON per event.
packets | number | Packets in the capture.
bytes | number | Size of the capture.
seed | number | Seed.
scenario | string | Scenario.
start | number | Beginning, epoch seconds.
duration_s | number | Length.
prefixes | string[] | Addresses of the telescope.
events | number | Events in the truth.
totals.*.events | number | Events by kind.
totals.*.packets | number | Packets by kind.
`);

/** Of the object that `replay --json` prints. */
export const REPLAY_FIELDS = fields(`
sensor | string | Name under which the center knows the replay.
center | string | Where it was sent.
page | string? | Where its figures appear; null without a packet.
packets | number | Packets read.
rows | number | Flow rows of them.
counters.received | number | kept + filtered + dropped.
counters.kept | number | Packets in the rows.
counters.filtered.not_ip | number | Packets that are no IP.
counters.filtered.malformed | number | Packets whose IP header is cut or lies.
counters.filtered.elsewhere | number | With --prefixes: packets to other addresses.
counters.dropped | number | Packets that the captures themselves report as lost.
segments | number | Segments that they became.
stored | number | Of these, segments that were new to the center.
duplicates | number | Of these, segments that the center had already.
addresses | number | IPv4 addresses that count as listening.
networks64 | number | IPv6 networks of 64 bits that count as listening.
addresses_at_least | boolean | True when there were more different destinations than are counted.
first | number? | Earliest kept packet, epoch seconds, milliseconds cut off.
last | number? | Latest kept packet.
seconds | number | How long it took.
damage.captures[].file | string | As for analyze.
damage.captures[].kind | string | As for analyze.
damage.captures[].offset | number | As for analyze.
damage.captures[].detail | string | As for analyze.
`);
