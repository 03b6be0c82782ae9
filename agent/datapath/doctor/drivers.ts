// What is known of drivers and XDP, from mainline Linux: which have native XDP, up to which MTU, and from which kernel on
// they take programs for packets in several buffers.

/** Drivers whose net_device_ops have ndo_bpf with XDP_SETUP_PROG (Linux 6.x), by ethtool's names. */
const NATIVE: ReadonlySet<string> = new Set(
  `atlantic bnxt_en bonding dpaa2_eth ena fec fsl_dpa fsl_enetc fsl_enetc4 fun gve hv_netvsc i40e iavf ice idpf igb igc ionic
  ixgbe ixgbevf lan966x mana mlx4_en mlx5_core mvneta mvpp2 netdevsim netsec nfp nicvf qede rvu-nicpf sfc sfc_ef100 st_gmac
  stmmaceth tsnep tun veth virtio_net vmxnet3 vif`.split(/\s+/),
);

/** First kernel in which the driver takes multi-buffer programs, which lifts its MTU limit. */
const MULTI_BUFFER_SINCE: ReadonlyMap<string, readonly [number, number]> = new Map([
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
]);

/** Bonding modes that pass XDP programs on to the members. */
const XDP_BOND_MODES: ReadonlySet<string> = new Set(['balance-rr', 'active-backup', 'balance-xor', '802.3ad']);

export const hasNativeXdp = (driver: string): boolean => NATIVE.has(driver);

export const singleBufferMtu = (driver: string): number => MTU_LIMITS.get(driver) ?? SINGLE_BUFFER_MTU;

/** Undefined: in no kernel that is known of. */
export const multiBufferSince = (driver: string): readonly [number, number] | undefined =>
  MULTI_BUFFER_SINCE.get(driver);

export const bondPassesXdp = (mode: string): boolean => XDP_BOND_MODES.has(mode);
