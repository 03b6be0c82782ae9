// What is known about drivers and XDP, from mainline Linux: which have native XDP and from which kernel on, up to which MTU, from which
// kernel on they take programs for packets in several buffers, and which of them refuse it beside receive offload.

type Kernel = readonly [major: number, minor: number];

/** Drivers with native XDP in every kernel that fleetblock runs on, by ethtool's names. */
const NATIVE: ReadonlySet<string> = new Set(
  `bnxt_en bonding dpaa2_eth ena fsl_dpa fsl_enetc hv_netvsc i40e ice igb igc ixgbe ixgbevf mlx4_en mlx5_core mvneta mvpp2
  netdevsim netsec nfp nicvf qede sfc st_gmac stmmaceth tun veth virtio_net vif`.split(/\s+/),
);

/** First kernel in which the driver has it, for those that got it later. Distributions port some of them back. */
const NATIVE_SINCE: ReadonlyMap<string, Kernel> = new Map([
  ['rvu-nicpf', [5, 16]],
  ['mana', [5, 17]],
  ['fun', [5, 18]],
  ['atlantic', [5, 19]],
  ['fec', [6, 2]],
  ['lan966x', [6, 2]],
  ['tsnep', [6, 3]],
  ['gve', [6, 4]],
  ['vmxnet3', [6, 6]],
  ['ionic', [6, 9]],
  ['idpf', [6, 18]],
]);

/** First kernel in which the driver takes multi-buffer programs, which lifts its MTU limit. */
const MULTI_BUFFER_SINCE: ReadonlyMap<string, Kernel> = new Map([
  ['veth', [5, 18]],
  ['mvneta', [5, 18]],
  ['mlx5_core', [5, 19]],
  ['bnxt_en', [5, 19]],
  ['virtio_net', [6, 3]],
  ['ice', [6, 4]],
  ['i40e', [6, 4]],
]);

/** What is left of a 4 KiB page after 256 bytes of headroom, the Ethernet header and the shared info. */
const SINGLE_BUFFER_MTU = 3498;
const MTU_LIMITS: ReadonlyMap<string, number> = new Map([
  ['ixgbe', 3050],
  ['ixgbevf', 3050],
  ['igb', 3050],
  ['veth', 3506],
  // tun and tap: what does not fit into one buffer is judged in the generic hook.
  ['tun', Number.POSITIVE_INFINITY],
]);

/** Drivers that refuse native XDP while large receive offload is on. The others turn it off themselves. */
const REFUSES_LRO: ReadonlySet<string> = new Set(['gve', 'hv_netvsc', 'mlx5_core']);

/** Bonding modes that pass XDP programs on to the members. */
const XDP_BOND_MODES: ReadonlySet<string> = new Set(['balance-rr', 'active-backup', 'balance-xor', '802.3ad']);

/** First kernel with native XDP in that driver, [0, 0] for any; undefined: in no known kernel. */
export const nativeSince = (driver: string): Kernel | undefined =>
  NATIVE.has(driver) ? [0, 0] : NATIVE_SINCE.get(driver);

/** The largest MTU, in bytes, at which the driver takes a program that reads packets in one buffer. */
export const singleBufferMtu = (driver: string): number => MTU_LIMITS.get(driver) ?? SINGLE_BUFFER_MTU;

/** Undefined: in no known kernel. */
export const multiBufferSince = (driver: string): Kernel | undefined => MULTI_BUFFER_SINCE.get(driver);

/** Whether the driver refuses native XDP while large receive offload is on. */
export const refusesLro = (driver: string): boolean => REFUSES_LRO.has(driver);

/** Hashes by `vlan+srcmac` cannot be computed in XDP: the bond refuses the program. */
export const bondPassesXdp = (mode: string, hashPolicy: string): boolean =>
  XDP_BOND_MODES.has(mode) && hashPolicy !== 'vlan+srcmac';
