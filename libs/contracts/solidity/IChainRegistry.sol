// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What the root knows of every chain, as `CheckpointManager` reads it
interface IChainRegistry {
    /// @notice No chain is registered under the id.
    error ChainUnknown(uint64 chainId);

    /// @notice Who may vouch for a chain now, and under which epoch.
    /// @dev Reverts with `ChainUnknown`.
    /// @return epoch the right to produce that is in force; only grows
    /// @return threshold how many of the committee must sign
    /// @return closed true once the owner has closed the chain for good
    /// @return committee the members, strictly ascending
    function quorumOf(uint64 chainId)
        external
        view
        returns (uint64 epoch, uint8 threshold, bool closed, address[] memory committee);
}
