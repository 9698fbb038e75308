// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IChainRegistry} from "./IChainRegistry.sol";

/// @title ChainRegistry: what must survive a chain's death
/// @notice Anyone may register a chain under an id that is still free. Its owner then grants epochs
/// (the right to produce), rotates the committee that signs checkpoints, and closes the chain.
/// @dev No constructor and no configuration, so that its runtime code can stand in a genesis block.
/// Storage layout (proofs depend on it): slot 0 `_chains`, a mapping by chain id of `Chain`.
contract ChainRegistry is IChainRegistry {
    /// @dev Slots, from the mapping's key: +0 owner ‖ epoch ‖ threshold ‖ closed, +1 pendingOwner,
    /// +2 configHash, +3 committee (length; its members from keccak of that slot).
    struct Chain {
        address owner;
        uint64 epoch;
        uint8 threshold;
        bool closed;
        address pendingOwner;
        bytes32 configHash;
        address[] committee;
    }

    /// @notice Chain ids are below 2^52, so that every JavaScript wallet can hold them exactly.
    uint64 public constant MAX_CHAIN_ID = 2 ** 52 - 1;
    /// @notice Bounds the gas of a checkpoint: past this, pairings would be cheaper than ecrecover.
    uint256 public constant MAX_COMMITTEE_SIZE = 64;

    mapping(uint64 chainId => Chain) private _chains;

    event ChainRegistered(
        uint64 indexed chainId,
        address indexed owner,
        address[] committee,
        uint8 threshold,
        bytes32 configHash
    );
    event CommitteeRotated(uint64 indexed chainId, address[] committee, uint8 threshold);
    event EpochGranted(uint64 indexed chainId, uint64 epoch);
    event ConfigChanged(uint64 indexed chainId, bytes32 configHash);
    event OwnershipOffered(uint64 indexed chainId, address indexed owner, address indexed pendingOwner);
    event OwnershipTransferred(uint64 indexed chainId, address indexed owner);
    event ChainClosed(uint64 indexed chainId);

    /// @notice Zero, 2^52 or more, or the root's own id (transactions could be replayed between them).
    error InvalidChainId(uint64 chainId);
    /// @notice The id is taken; ids are never reused.
    error ChainIdTaken(uint64 chainId);
    /// @notice A chain needs an owner.
    error InvalidOwner();
    /// @notice The sender is not the chain's owner.
    error NotOwner(uint64 chainId, address sender);
    /// @notice The sender was not offered the chain.
    error NotPendingOwner(uint64 chainId, address sender);
    /// @notice A committee has 1 to 64 members.
    error InvalidCommitteeSize(uint256 size);
    /// @notice Members must ascend strictly from above zero; `position` is the first that does not.
    error CommitteeNotAscending(uint256 position);
    /// @notice The threshold is between 1 and the committee's size.
    error InvalidThreshold(uint8 threshold, uint256 size);
    /// @notice An epoch only grows.
    error EpochNotHigher(uint64 chainId, uint64 current, uint64 offered);
    /// @notice Nothing changes on a closed chain.
    error ChainIsClosed(uint64 chainId);

    modifier onlyOwner(uint64 chainId) {
        Chain storage chain = _existing(chainId);
        if (msg.sender != chain.owner) revert NotOwner(chainId, msg.sender);
        if (chain.closed) revert ChainIsClosed(chainId);
        _;
    }

    /// @notice Registers a chain, at epoch 1.
    /// @param owner may differ from the sender, so that a service can register for its tenants
    /// @param committee who signs checkpoints, strictly ascending
    /// @param threshold how many of them must
    /// @param configHash commits to the chain's configuration (genesis, fork schedule, …)
    function register(
        uint64 chainId,
        address owner,
        address[] calldata committee,
        uint8 threshold,
        bytes32 configHash
    ) external {
        if (chainId == 0 || chainId > MAX_CHAIN_ID || chainId == block.chainid) {
            revert InvalidChainId(chainId);
        }
        if (owner == address(0)) revert InvalidOwner();
        Chain storage chain = _chains[chainId];
        if (chain.owner != address(0)) revert ChainIdTaken(chainId);
        chain.owner = owner;
        chain.epoch = 1;
        chain.configHash = configHash;
        _setCommittee(chain, committee, threshold);
        emit ChainRegistered(chainId, owner, committee, threshold, configHash);
    }

    /// @notice Fences off every producer of a lower epoch: the root takes no checkpoint of theirs.
    function grantEpoch(uint64 chainId, uint64 epoch) external onlyOwner(chainId) {
        Chain storage chain = _chains[chainId];
        if (epoch <= chain.epoch) revert EpochNotHigher(chainId, chain.epoch, epoch);
        chain.epoch = epoch;
        emit EpochGranted(chainId, epoch);
    }

    /// @notice Replaces the committee; checkpoints that are not anchored yet need the new one.
    function rotateCommittee(uint64 chainId, address[] calldata committee, uint8 threshold)
        external
        onlyOwner(chainId)
    {
        _setCommittee(_chains[chainId], committee, threshold);
        emit CommitteeRotated(chainId, committee, threshold);
    }

    function setConfigHash(uint64 chainId, bytes32 configHash) external onlyOwner(chainId) {
        _chains[chainId].configHash = configHash;
        emit ConfigChanged(chainId, configHash);
    }

    /// @notice Ends the chain for good: no further checkpoint, no change, and its id stays taken.
    function close(uint64 chainId) external onlyOwner(chainId) {
        _chains[chainId].closed = true;
        emit ChainClosed(chainId);
    }

    /// @notice Offers the chain to a new owner, who must accept; zero withdraws the offer.
    function transferOwnership(uint64 chainId, address pendingOwner) external onlyOwner(chainId) {
        _chains[chainId].pendingOwner = pendingOwner;
        emit OwnershipOffered(chainId, msg.sender, pendingOwner);
    }

    function acceptOwnership(uint64 chainId) external {
        Chain storage chain = _existing(chainId);
        if (msg.sender != chain.pendingOwner) revert NotPendingOwner(chainId, msg.sender);
        chain.owner = msg.sender;
        chain.pendingOwner = address(0);
        emit OwnershipTransferred(chainId, msg.sender);
    }

    /// @notice The whole record. @dev Reverts with `ChainUnknown`.
    function chainOf(uint64 chainId) external view returns (Chain memory) {
        return _existing(chainId);
    }

    function isRegistered(uint64 chainId) external view returns (bool) {
        return _chains[chainId].owner != address(0);
    }

    /// @inheritdoc IChainRegistry
    function quorumOf(uint64 chainId)
        external
        view
        returns (uint64 epoch, uint8 threshold, bool closed, address[] memory committee)
    {
        Chain storage chain = _existing(chainId);
        return (chain.epoch, chain.threshold, chain.closed, chain.committee);
    }

    function _existing(uint64 chainId) private view returns (Chain storage chain) {
        chain = _chains[chainId];
        if (chain.owner == address(0)) revert ChainUnknown(chainId);
    }

    function _setCommittee(Chain storage chain, address[] calldata committee, uint8 threshold)
        private
    {
        uint256 size = committee.length;
        if (size == 0 || size > MAX_COMMITTEE_SIZE) revert InvalidCommitteeSize(size);
        if (threshold == 0 || threshold > size) revert InvalidThreshold(threshold, size);
        address previous = address(0);
        for (uint256 i = 0; i < size; ++i) {
            if (committee[i] <= previous) revert CommitteeNotAscending(i);
            previous = committee[i];
        }
        chain.committee = committee;
        chain.threshold = threshold;
    }
}
