// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, CheckpointHash} from "./Checkpoint.sol";
import {IChainRegistry} from "./IChainRegistry.sol";
import {Quorum} from "./Quorum.sol";

/// @title CheckpointManager: anchors the checkpoints of every registered chain
/// @notice Anyone may relay a checkpoint that the chain's committee signed. What is anchored is never
/// changed or removed, so a storage proof of an anchor's slot proves that its quorum was checked here.
/// @dev Storage layout (bundles prove it): slot 0 `_anchors`, so that the anchor of (chainId, index)
/// lies at keccak256(index ‖ keccak256(chainId ‖ 0)), words of 32 bytes; slot 1 `_heads`.
contract CheckpointManager {
    using CheckpointHash for Checkpoint;

    /// @notice The newest anchor of a chain, in one slot.
    /// @param count of its anchors, so the newest one's index is count - 1
    /// @param lastBlock of the newest anchor
    /// @param timestamp of that block, in seconds
    /// @param anchoredAt the root's block that holds the newest anchor
    /// @param status of the newest anchor
    struct Head {
        uint64 count;
        uint64 lastBlock;
        uint64 timestamp;
        uint56 anchoredAt;
        uint8 status;
    }

    uint8 public constant VERSION = 1;
    uint8 private constant STATUS_CLOSED = 2;

    /// @notice Says whose signatures count. In code, not storage: it is part of the CREATE2 address.
    IChainRegistry public immutable registry;

    mapping(uint64 chainId => mapping(uint64 index => bytes32 hash)) private _anchors;
    mapping(uint64 chainId => Head) private _heads;

    /// @param hash the checkpoint's struct hash, as stored
    /// @param previousAnchorBlock the root's block with the chain's anchor before this one, 0 for the
    /// first: followed backwards, it finds every anchor without scanning the root
    /// @param bitmap which members of the committee signed
    event CheckpointAnchored(
        uint64 indexed chainId,
        uint64 indexed index,
        bytes32 indexed hash,
        uint64 previousAnchorBlock,
        Checkpoint checkpoint,
        uint256 bitmap
    );

    /// @notice This very checkpoint is anchored: a relay that tries again can stop.
    error AlreadyAnchored(uint64 chainId, uint64 index, bytes32 hash);
    error UnsupportedVersion(uint8 version);
    error InvalidStatus(uint8 status);
    /// @notice Another index than the one after the newest anchor's.
    error IndexNotNext(uint64 chainId, uint64 expected, uint64 offered);
    /// @notice The previous anchor is not the checkpoint's parent.
    error ParentMismatch(uint64 chainId, bytes32 expected, bytes32 offered);
    /// @notice The range does not start right after the newest anchor's.
    error BlocksNotContiguous(uint64 chainId, uint64 expectedFirst, uint64 offeredFirst);
    /// @notice The range is empty.
    error EmptyBlockRange(uint64 firstBlock, uint64 lastBlock);
    error TimestampBackwards(uint64 previous, uint64 offered);
    /// @notice Made by a producer that has lost the right to.
    error EpochTooLow(uint64 chainId, uint64 granted, uint64 offered);
    /// @notice Made under an epoch that the owner has not granted (yet).
    error EpochNotGranted(uint64 chainId, uint64 granted, uint64 offered);
    /// @notice Closed by its owner, or by its own last checkpoint.
    error ChainIsClosed(uint64 chainId);

    constructor(IChainRegistry registry_) {
        registry = registry_;
    }

    /// @notice Anchors the next checkpoint of a chain.
    /// @param bitmap bit i is set when member i of the registered committee signed
    /// @param signatures 65 bytes r ‖ s ‖ v each, in the committee's order, over the EIP-712 digest
    /// @return hash the anchor
    function submit(Checkpoint calldata checkpoint, uint256 bitmap, bytes calldata signatures)
        external
        returns (bytes32 hash)
    {
        hash = checkpoint.structHash();
        uint64 chainId = checkpoint.chainId;
        if (_anchors[chainId][checkpoint.index] == hash) {
            revert AlreadyAnchored(chainId, checkpoint.index, hash);
        }
        Head memory head = _heads[chainId];
        _checkFormat(checkpoint);
        _checkContinues(checkpoint, head);
        _checkQuorum(checkpoint, hash, bitmap, signatures);

        _anchors[chainId][checkpoint.index] = hash;
        _heads[chainId] = Head({
            count: checkpoint.index + 1,
            lastBlock: checkpoint.lastBlock,
            timestamp: checkpoint.timestamp,
            anchoredAt: uint56(block.number),
            status: checkpoint.status
        });
        emit CheckpointAnchored(chainId, checkpoint.index, hash, head.anchoredAt, checkpoint, bitmap);
    }

    /// @notice The anchor, or zero.
    function anchorOf(uint64 chainId, uint64 index) external view returns (bytes32) {
        return _anchors[chainId][index];
    }

    /// @notice The chain's newest anchor; `count` is zero and so is the rest before the first.
    function headOf(uint64 chainId) external view returns (Head memory head, bytes32 hash) {
        head = _heads[chainId];
        if (head.count != 0) hash = _anchors[chainId][head.count - 1];
    }

    /// @notice The digest that the committee must sign here.
    function digestOf(Checkpoint calldata checkpoint) external view returns (bytes32) {
        return CheckpointHash.digest(checkpoint.structHash());
    }

    function domainSeparator() external view returns (bytes32) {
        return CheckpointHash.domainSeparator();
    }

    function _checkFormat(Checkpoint calldata checkpoint) private pure {
        if (checkpoint.version != VERSION) revert UnsupportedVersion(checkpoint.version);
        if (checkpoint.status > STATUS_CLOSED) revert InvalidStatus(checkpoint.status);
        if (checkpoint.lastBlock < checkpoint.firstBlock) {
            revert EmptyBlockRange(checkpoint.firstBlock, checkpoint.lastBlock);
        }
    }

    function _checkQuorum(
        Checkpoint calldata checkpoint,
        bytes32 hash,
        uint256 bitmap,
        bytes calldata signatures
    ) private view {
        uint64 chainId = checkpoint.chainId;
        (uint64 granted, uint8 threshold, bool closed, address[] memory committee) =
            registry.quorumOf(chainId);
        if (closed) revert ChainIsClosed(chainId);
        if (checkpoint.epoch < granted) revert EpochTooLow(chainId, granted, checkpoint.epoch);
        if (checkpoint.epoch > granted) revert EpochNotGranted(chainId, granted, checkpoint.epoch);
        Quorum.verify(CheckpointHash.digest(hash), bitmap, signatures, committee, threshold);
    }

    function _checkContinues(Checkpoint calldata checkpoint, Head memory head) private view {
        uint64 chainId = checkpoint.chainId;
        if (head.status == STATUS_CLOSED) revert ChainIsClosed(chainId);
        if (checkpoint.index != head.count) {
            revert IndexNotNext(chainId, head.count, checkpoint.index);
        }
        bytes32 parent = head.count == 0 ? bytes32(0) : _anchors[chainId][head.count - 1];
        if (checkpoint.parent != parent) revert ParentMismatch(chainId, parent, checkpoint.parent);
        uint64 first = head.count == 0 ? 0 : head.lastBlock + 1;
        if (checkpoint.firstBlock != first) {
            revert BlocksNotContiguous(chainId, first, checkpoint.firstBlock);
        }
        if (checkpoint.timestamp < head.timestamp) {
            revert TimestampBackwards(head.timestamp, checkpoint.timestamp);
        }
    }
}
