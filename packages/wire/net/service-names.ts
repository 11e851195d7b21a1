/**
 * Names of the services that telescopes hear of, by protocol and port: IANA's where it has one that people use, else the product
 * that made the port known. A name says what the port usually means, not what was spoken.
 */
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from './protocol.ts';

const BOTH = `7 echo,9 discard,13 daytime,17 qotd,19 chargen,37 time,53 dns,88 kerberos,111 rpcbind,123 ntp,135 msrpc,
137 netbios-ns,138 netbios-dgm,139 netbios-ssn,161 snmp,162 snmp-trap,177 xdmcp,389 ldap,427 slp,443 https,445 smb,500 ike,
514 syslog,520 rip,554 rtsp,623 ipmi,631 ipp,853 dns-tls,1194 openvpn,1433 mssql,1434 mssql-m,1604 citrix,1645 radius,
1701 l2tp,1723 pptp,1812 radius,1883 mqtt,1900 ssdp,2049 nfs,2123 gtp-c,2152 gtp-u,2222 ssh-alt,3283 ard,3306 mysql,
3389 rdp,3478 stun,3702 ws-discovery,4500 ipsec-nat,4789 vxlan,5004 rtp,5060 sip,5061 sip-tls,5349 stun-tls,5351 nat-pmp,
5353 mdns,5355 llmnr,5405 netsupport,5683 coap,5684 coaps,6081 geneve,6881 bittorrent,7547 cwmp,10001 ubiquiti,
11211 memcached,17185 vxworks,20000 dnp3,27015 steam,30303 ethereum,32414 plex,33434 traceroute,37020 hikvision,
44818 ethernet-ip,47808 bacnet,51820 wireguard,53413 netis,64738 mumble`;

const TCP = `20 ftp-data,21 ftp,22 ssh,23 telnet,25 smtp,79 finger,80 http,81 http-alt,102 s7,110 pop3,113 ident,119 nntp,143 imap,
179 bgp,222 ssh-alt,264 fw1,465 smtps,502 modbus,512 exec,513 login,515 lpd,548 afp,587 submission,593 msrpc-http,636 ldaps,
873 rsync,902 vmware,993 imaps,995 pop3s,1080 socks,1099 java-rmi,1521 oracle,1723 pptp,2000 cisco-sccp,2082 cpanel,2083 cpanel,
2181 zookeeper,2323 telnet-alt,2375 docker,2376 docker-tls,2379 etcd,3000 http-dev,3128 squid,3260 iscsi,4444 metasploit,
4786 smart-install,5000 upnp-http,5038 asterisk,5222 xmpp,5358 wsd-tls,5432 postgres,5555 adb,5601 kibana,5672 amqp,5800 vnc-http,
5900 vnc,5901 vnc,5938 teamviewer,5985 winrm,5986 winrm-tls,6000 x11,6379 redis,6443 kubernetes,6667 irc,7001 weblogic,
7070 realserver,8000 http-alt,8008 http-alt,8009 ajp,8080 http-proxy,8081 http-alt,8086 influxdb,8088 http-alt,8089 splunk,
8090 http-alt,8291 winbox,8443 https-alt,8545 ethereum-rpc,8728 mikrotik,8883 mqtt-tls,8888 http-alt,9000 http-alt,9001 tor,
9042 cassandra,9090 prometheus,9092 kafka,9100 jetdirect,9200 elastic,9300 elastic,9443 https-alt,9530 xiongmai,10000 webmin,
10250 kubelet,15672 rabbitmq,25565 minecraft,27017 mongodb,32764 sercomm,37215 huawei-hg532,37777 dahua,49152 upnp,
50000 sap,50070 hdfs,52869 realtek-upnp,60001 jaws-dvr`;

const UDP = `67 dhcp,68 dhcp,69 tftp,443 quic,10074 fabric,3544 teredo,5093 sentinel,8767 teamspeak,19132 minecraft`;

const tables = new Map([
  [PROTO_TCP, new Map([...pairsOf(BOTH), ...pairsOf(TCP)])],
  [PROTO_UDP, new Map([...pairsOf(BOTH), ...pairsOf(UDP)])],
]);

function pairsOf(text: string): [number, string][] {
  return text.split(',').map((entry) => {
    const [port, name] = entry.trim().split(' ');
    return [Number(port), name];
  });
}

/** What a port usually means; '' when it has no name here. */
export function serviceName(proto: number, port: number): string {
  return tables.get(proto)?.get(port) ?? '';
}

const ICMP = new Map([
  [0, 'echo reply'],
  [3, 'unreachable'],
  [4, 'source quench'],
  [5, 'redirect'],
  [8, 'echo request'],
  [10, 'router solicitation'],
  [11, 'time exceeded'],
  [12, 'parameter problem'],
  [13, 'timestamp request'],
  [14, 'timestamp reply'],
  [17, 'mask request'],
  [18, 'mask reply'],
]);
const ICMP6 = new Map([
  [1, 'unreachable'],
  [2, 'packet too big'],
  [3, 'time exceeded'],
  [4, 'parameter problem'],
  [128, 'echo request'],
  [129, 'echo reply'],
  [133, 'router solicitation'],
  [134, 'router advertisement'],
  [135, 'neighbor solicitation'],
  [136, 'neighbor advertisement'],
  [143, 'MLDv2 report'],
]);
/** Codes of "unreachable" worth telling apart. */
const UNREACHABLE = ['network', 'host', 'protocol', 'port', 'fragmentation needed'];
const ADMINISTRATIVE = new Set([9, 10, 13]);

/** `unreachable (port)`; '' when the type has no name here. */
export function icmpName(proto: number, type: number, code: number): string {
  if (proto === PROTO_ICMP6) return (ICMP6.get(type) ?? '') + (type === 1 && code === 4 ? ' (port)' : '');
  const name = proto === PROTO_ICMP ? (ICMP.get(type) ?? '') : '';
  if (type !== 3) return type === 11 && code === 1 ? `${name} (fragments)` : name;
  const reason = ADMINISTRATIVE.has(code) ? 'prohibited' : UNREACHABLE[code];
  return reason === undefined ? name : `${name} (${reason})`;
}
