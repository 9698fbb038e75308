// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A chain's commitment to a range of its blocks. Fields that nothing fills yet are zero.
/// @param version of this format: 1
/// @param epoch the right to produce it was made under
/// @param chainId as registered
/// @param index counts the chain's checkpoints from 0 without a gap
/// @param firstBlock 0 at index 0, then the one after the previous checkpoint's last
/// @param lastBlock at least firstBlock
/// @param timestamp of the last block, in seconds
/// @param parent struct hash of the previous checkpoint, zero at index 0
/// @param blockHash of the last block
/// @param stateRoot after the last block
/// @param blocksRoot binary Merkle root of the block hashes in the range
/// @param outboxRoot append-only Merkle root of the messages sent since genesis
/// @param inboxAcc accumulator over the messages consumed from the root
/// @param inboxCount how many those are
/// @param daRoot commits to archive chunks and the snapshot manifest
/// @param configHash of the chain's configuration
/// @param status 0 running, 1 sleeping, 2 closed
struct Checkpoint {
    uint8 version;
    uint64 epoch;
    uint64 chainId;
    uint64 index;
    uint64 firstBlock;
    uint64 lastBlock;
    uint64 timestamp;
    bytes32 parent;
    bytes32 blockHash;
    bytes32 stateRoot;
    bytes32 blocksRoot;
    bytes32 outboxRoot;
    bytes32 inboxAcc;
    uint64 inboxCount;
    bytes32 daRoot;
    bytes32 configHash;
    uint8 status;
}

/// @title EIP-712 hashing of checkpoints
library CheckpointHash {
    bytes32 internal constant TYPE_HASH = keccak256(
        "Checkpoint(uint8 version,uint64 epoch,uint64 chainId,uint64 index,uint64 firstBlock,uint64 lastBlock,uint64 timestamp,bytes32 parent,bytes32 blockHash,bytes32 stateRoot,bytes32 blocksRoot,bytes32 outboxRoot,bytes32 inboxAcc,uint64 inboxCount,bytes32 daRoot,bytes32 configHash,uint8 status)"
    );
    bytes32 private constant DOMAIN_TYPE_HASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME_HASH = keccak256("Flotilla");
    bytes32 private constant VERSION_HASH = keccak256("1");

    /// @notice The checkpoint's identity, the same on every root.
    function structHash(Checkpoint calldata checkpoint) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPE_HASH, checkpoint));
    }

    /// @dev Computed at each call: neither code nor storage depends on the chain it stands on.
    function domainSeparator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPE_HASH, NAME_HASH, VERSION_HASH, block.chainid, address(this))
        );
    }

    /// @notice What the committee signs.
    function digest(bytes32 hash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domainSeparator(), hash));
    }
}
