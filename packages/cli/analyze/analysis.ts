/** What `analyze` found, as plain data: the JSON that is printed, and all that the report shows. Names: fields.ts. */
import type { Reading } from '../io/read-captures.ts';

export interface PortUse {
  readonly proto: number;
  readonly port: number;
  readonly packets: number;
}

export interface ServiceRow extends PortUse {
  readonly proto_name: string;
  readonly service: string;
  readonly probes: number;
  readonly sources: number;
}

export interface IcmpRow {
  readonly proto: number;
  readonly proto_name: string;
  readonly type: number;
  readonly code: number;
  readonly name: string;
  readonly packets: number;
  readonly probes: number;
  readonly sources: number;
}

export interface SourceRow {
  readonly address: string;
  readonly country: string;
  readonly as: number | null;
  readonly as_name: string;
  readonly packets: number;
  readonly class: string;
  readonly ports: readonly PortUse[];
  readonly port_count: number;
  readonly marks: readonly string[];
}

export interface VictimRow {
  readonly address: string;
  readonly country: string;
  readonly as: number | null;
  readonly as_name: string;
  readonly packets: number;
  readonly targets: number;
  readonly first: number;
  readonly last: number;
  readonly service_ports: readonly PortUse[];
  readonly our_ports: { readonly least: number; readonly most: number } | null;
  readonly timeline: Series;
}

export interface Series {
  readonly from: number;
  readonly step_s: number;
  readonly packets: readonly number[];
}

export interface MarkCount {
  readonly packets: number;
  readonly sources: number;
  readonly sources_repeated: number;
}

export interface TableRow {
  readonly what: string;
  readonly name: string;
  readonly date: string;
  readonly version: string;
  readonly licence: string;
}

type Counts = Readonly<Record<string, number>>;

export interface Analysis {
  readonly files: readonly string[];
  readonly packets: number;
  readonly bytes: number;
  readonly ip_bytes: number;
  /** Exact JSON numbers with nine decimals; null without packets. */
  readonly first: unknown;
  readonly last: unknown;
  readonly first_iso: string | null;
  readonly last_iso: string | null;
  readonly duration_s: number;
  readonly links: Counts;
  readonly counters: {
    readonly received: number;
    readonly kept: number;
    readonly filtered: { readonly not_ip: number; readonly malformed: number; readonly elsewhere: number };
    readonly dropped: number;
  };
  readonly classes: Counts;
  readonly protocols: readonly { readonly proto: number; readonly proto_name: string; readonly packets: number }[];
  readonly ports: readonly ServiceRow[];
  readonly icmp: readonly IcmpRow[];
  readonly service_sources_at_least: boolean;
  readonly sources: {
    readonly count: number;
    readonly at_least: boolean;
    readonly ipv4: number;
    readonly ipv6: number;
    readonly top: readonly SourceRow[];
  };
  readonly targets: { readonly count: number; readonly at_least: boolean };
  readonly countries: readonly { readonly country: string; readonly packets: number; readonly sources: number }[];
  readonly as: readonly {
    readonly as: number | null;
    readonly name: string;
    readonly packets: number;
    readonly sources: number;
  }[];
  readonly marks: Readonly<Record<string, MarkCount>>;
  readonly predicates: Counts;
  readonly tunnels: Counts;
  readonly victims: readonly VictimRow[];
  readonly victim_count: number;
  readonly victims_at_least: boolean;
  readonly attack_count: number;
  readonly targets_at_least: boolean;
  readonly timeline: Series;
  readonly damage: {
    readonly captures: readonly {
      readonly file: string;
      readonly kind: string;
      readonly offset: number;
      readonly detail: string;
    }[];
    readonly packets: Counts;
  };
  readonly not_walked: Counts;
  readonly tables: readonly TableRow[];
}

/** Everything the builder needs besides the survey. */
export interface Circumstances {
  readonly files: readonly string[];
  readonly reading: Reading;
  readonly top: number;
}
