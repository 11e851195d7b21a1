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

/** Of verbs that read captures, behind `analyze`. */
const DAMAGE = `\
damage.captures[].file | string | As for analyze.
damage.captures[].kind | string | As for analyze.
damage.captures[].offset | number | As for analyze.
damage.captures[].detail | string | As for analyze.`;

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
counters.kept | number | Packets with an IP header (and, with --prefixes, to these addresses): what all further counts are about.
counters.filtered.not_ip | number | Packets that are no IP.
counters.filtered.malformed | number | Packets whose IP header is cut or lies.
counters.filtered.elsewhere | number | With --prefixes: packets to other addresses.
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
damage.captures[].offset | number | Byte of the decompressed capture where that is; with stream, of the compressed one.
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
counters.filtered.elsewhere | number | With --prefixes: packets to other addresses.
counters.dropped | number | Packets that the captures themselves report as lost.
closed_early | number | How often a minute had too many rows and was written early.
first | number? | Earliest kept packet, epoch seconds, milliseconds cut off.
last | number? | Latest kept packet.
sensor | string | Name of the sensor in the file.
exposure | object[] | How many addresses listened from when to when; empty without --prefixes.
digest | string | SHA-256 over the digests of all row groups.
seconds | number | How long it took.
${DAMAGE}
`);

/** Of the object that `flows --json` prints with a flowtuple format. */
export const FLOWTUPLE_FIELDS = fields(`
out | string | The file of flowtuples.
format | string | Its format.
packets | number | Packets read.
counted | number | Packets with an IPv4 header outermost: those in the flowtuples.
intervals | number | Intervals, empty ones too.
skipped | number | Empty intervals of long holes that were left out of the files.
tuples | number | Flowtuples.
attacks | number | Records in the file of --dos.
refused | number | Packets and values of attacks for which the tables had no room.
bytes | number | Size of all files.
dropped | number | Packets that the captures themselves report as lost.
seconds | number | How long it took.
${DAMAGE}
`);

/** Of the object that `simulate --json` prints. */
export const SIMULATE_FIELDS = fields(`
capture | string | The capture.
truth | string? | Its truth, a line of JSON per event; null beside a device or standard output.
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
${DAMAGE}
`);

/** Of the object that `sensor doctor --json` prints. */
export const SENSOR_FIELDS = fields(`
checks[].what | string | What was looked at.
checks[].health | string | ok; better: somebody should look; missing: a sensor cannot work so.
checks[].found | string | What was found.
checks[].remedy | string | How to get what is missing, '' when nothing is to be done.
exit_code | number | 0, 1 when something should be better, 3 when something is missing.
`);

/** Of the object that `evidence --json` prints, which is the manifest. */
export const EVIDENCE_FIELDS = fields(`
tool | string | Who wrote it.
version | string | Its version.
made_at | string | When, ISO 8601.
note | string | What whoever finds it must know.
finding | string? | Identifier of the finding; null when options said what was wanted.
filter.subject | string? | Whose packets: address or prefix; null for everybody’s.
filter.protocol | number? | IP protocol; null for every one.
filter.port | number? | Service port; null for every one.
filter.from | string? | Beginning, ISO 8601; null for the beginning of time.
filter.to | string? | End, not included; null for the end of time.
inputs[].file | string | A capture that was read.
inputs[].bytes | number | Its size.
inputs[].sha256 | string | Its digest, hex.
counts.read | number | Packets read.
counts.matched | number | Packets written.
first | number? | Time of the earliest packet written, epoch seconds.
last | number? | Time of the latest one.
files[].file | string | A capture that was written; one for each link type.
files[].link | number | Its link type.
files[].packets | number | Packets in it.
files[].bytes | number | Its size.
files[].sha256 | string | Its digest, hex.
damage[].file | string | A capture that ended early; what stood before was read.
damage[].kind | string | Why (stops.md).
damage[].offset | number | Byte of the capture where that is.
`);

/** The object of `detect --format json`. */
export const DETECT_FIELDS = fields(`
files | string[] | The captures, as given.
from | string? | Start of the first minute, ISO 8601, UTC; null without packets.
to | string? | End of the last minute.
addresses | number | IPv4 addresses that listened: rates of attacks are estimated by them.
networks64 | number | IPv6 networks of 64 bits that listened.
exposure_from | string | prefixes: those of --prefixes; destinations: where what nobody had asked for went.
packets | number | Packets read.
kept | number | Packets that detectors were shown.
rows_answered | number | Flow rows left out because they answer what was asked in the capture.
rows_late | number | Flow rows left out because they came too late for their minute.
detectors | string[] | Detectors that were run.
findings[].detector | string | Which one found it.
findings[].subject.kind | string | address, prefix, network, port, telescope.
findings[].subject.value | string | Whom it is about; * for the telescope as a whole.
findings[].aspect | string | What of the subject, e.g. tcp/80; empty when there is but one thing.
findings[].country | string | Country of an address; unknown or bogon where there is none.
findings[].as | number? | AS number of an address.
findings[].as_name | string | Name of its holder; foreign text.
findings[].from | string | Start of the first bin.
findings[].to | string | End of the last bin.
findings[].first | string | First packet that speaks for it.
findings[].last | string | Last packet that speaks for it.
findings[].state | string | candidate or confirmed.
findings[].confidence | number | 0 to 1; what it means, the detector says.
findings[].reasons[].code | string | Why: a code of the detector.
findings[].reasons[].sentence | string | The same in words.
findings[].reasons[].values | object | Numbers that belong to it.
findings[].figures | object | Figures of the detector by name, e.g. packets, attack_pps.
failures[].detector | string | A detector that failed; the others went on.
failures[].minute | string | Minute at which it failed.
failures[].message | string | What it said.
`);

/** The object of `evaluate --json`. */
export const EVALUATE_FIELDS = fields(`
ran | string[] | Exactly what was run, in sentences.
rows[].detector | string | Detector.
rows[].addresses | number | IPv4 addresses of the telescope.
rows[].precision | object | Share of findings that are true; value (null when nothing was counted), low, high: 95 %, Wilson.
rows[].recall | object | Share of events that were found: above the detection limit where the detector states one.
rows[].recall_of | string | all events, or above the limit.
rows[].bands[].name | string | Strength of events.
rows[].bands[].events | number | Events so strong.
rows[].bands[].found | number | Those found.
rows[].bands[].recall | object | Share of them, as above.
rows[].findings.true | number | Findings that mean an event.
rows[].findings.double | number | Further findings of the same event: false.
rows[].findings.tolerated | number | Findings that count neither way.
rows[].findings.false | number | Findings of nothing.
rows[].quiet_days | number | Days without anything to be found.
rows[].quiet_alerts | number | Findings on them.
rows[].alerts_per_day | object | Their rate; exact Poisson interval; high is null without quiet days.
rows[].delay_s.median | number? | Seconds from a bin’s end to its sighting.
rows[].delay_s.most | number? | The longest.
rows[].onset_s.median | number? | Seconds from an event’s first packet to the end of the bin that first shows it.
rows[].onset_s.p90 | number? | Nine tenths are below.
rows[].rate_ratio.median | number? | Estimated over true rate of steady attacks.
rows[].rate_ratio.p10 | number? | A tenth is below.
rows[].rate_ratio.p90 | number? | A tenth is above.
rows[].coverage | object | Share of 95 % intervals of sightings that hold the true rate.
rows[].failures | number | Runs in which the detector threw.
rows[].wrong | string[] | What was missed or falsely found, at most 200 sentences.
failures | string[] | What detectors threw.
seconds | number | How long it took.
`);
