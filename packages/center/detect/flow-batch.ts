/**
 * The flow rows of one minute of one feed, as columns in typed arrays: what detectors read, wherever the rows come from (the
 * database, a capture, a simulation). Row `i` is element `i` of every column; addresses are four 32-bit words a row, most
 * significant first, IPv4 as ::ffff:a.b.c.d (wire/net/address.ts). Rows come in no particular order: a detector's answer may
 * not depend on it. Whoever makes a batch owns its memory and may use it again after the step.
 *
 * Columns mean what wire/flow/columns.ts says of those of the same name; `class`, `marks` and `predicates` are the codes and bits
 * of wire/classify.
 */
export interface FlowBatch {
  readonly rows: number;
  /** 4 words a row. */
  readonly src: Uint32Array;
  /** 4 words a row. A sensor's address: never leaves the detector. */
  readonly dst: Uint32Array;
  readonly proto: Uint8Array;
  readonly service_port: Uint16Array;
  readonly icmp_type: Uint8Array;
  readonly icmp_code: Uint8Array;
  /** Codes: places in CLASSES. */
  readonly class: Uint8Array;
  /** Bits: places in MARKS. */
  readonly marks: Uint32Array;
  /** Bits: places in PREDICATES. */
  readonly predicates: Uint32Array;
  readonly packets: Uint32Array;
  readonly bytes: Float64Array;
  /** Microseconds behind the minute's start. */
  readonly first_us: Uint32Array;
  readonly duration_us: Uint32Array;
  readonly ip_bytes_first: Uint16Array;
  readonly ttl_min: Uint8Array;
  readonly ttl_max: Uint8Array;
  readonly ip_id_first: Uint16Array;
  readonly client_port_min: Uint16Array;
  readonly client_port_spread: Uint16Array;
  readonly tcp_flags: Uint16Array;
  readonly tcp_window_first: Uint16Array;
  readonly tcp_seq_first: Uint32Array;
  /** Places in `optionTexts`. */
  readonly tcp_options_first: Uint16Array;
  readonly optionTexts: readonly string[];
  /** 4 words a row: the victim that an ICMP error quotes; `::` without a quote. */
  readonly quoted_dst: Uint32Array;
  /** 0 without a quote. */
  readonly quoted_proto: Uint8Array;
  readonly quoted_port: Uint16Array;
  readonly payload_bytes_first: Uint16Array;
  /** Payload sample of row i: `payloads` from `payload_ends[i - 1]` (0 for the first) to `payload_ends[i]`; empty without one. */
  readonly payloads: Uint8Array;
  readonly payload_ends: Uint32Array;
  /** Places in `scannerNames`: organisation on a list of acknowledged scanners; place 0 is '', on none. */
  readonly scanner: Uint16Array;
  readonly scannerNames: readonly string[];
  /** AS of the source, 0 when not known. */
  readonly asn: Uint32Array;
  /** AS of the victim of backscatter, 0 when not known or no backscatter. */
  readonly victim_asn: Uint32Array;
  /** Places in `countryNames`: of the source. */
  readonly country: Uint16Array;
  /** Places in `countryNames`: of the victim of backscatter. */
  readonly victim_country: Uint16Array;
  readonly countryNames: readonly string[];
}

/** How much of the Internet listened during a minute: mean number of addresses and of /64 networks. */
export interface BinExposure {
  /** IPv4 addresses that listened, mean over the minute: N of "× 2³² ÷ N". */
  readonly addresses: number;
  /** IPv6 /64 networks that listened, mean over the minute. */
  readonly networks64: number;
}

/** One minute of one feed, complete as far as is known. */
export interface Bin {
  readonly minute_ms: number;
  readonly exposure: BinExposure;
  readonly flows: FlowBatch;
}
