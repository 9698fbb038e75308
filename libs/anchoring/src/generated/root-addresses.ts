// Written by libs/contracts/scripts/compile.mjs; do not edit.

/** The deterministic deployment proxy that puts the contracts at the same address on every root. */
export const DEPLOYMENT_PROXY_ADDRESS = '0x4e59b44847b379578588920ca78fbf26c0b4956c' as const;

export const DEPLOYMENT_SALT = '0x85dca58b86c38c8a63fd1513f81db79afdb04683119ebfae59572257e03abed6' as const;

export const CHAIN_REGISTRY_ADDRESS = '0x73d4f1d4d72b2e790914325647e9cd9b66537971' as const;

export const CHECKPOINT_MANAGER_ADDRESS = '0x071cfdd855230210547265064c85a5f0deec0cc1' as const;

/** Where `CheckpointManager` keeps its mapping of anchors. */
export const ANCHORS_MAPPING_SLOT = 0;
