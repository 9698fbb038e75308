// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// Brings accounts into being by the hundred: a state of a million accounts in a few thousand transactions.
contract Crowd {
    /// The address of the n-th account is what `member` in bench/workloads/crowd.ts computes.
    function gather(uint256 first, uint256 count) external payable {
        for (uint256 n = first; n < first + count; n++) {
            address member = address(uint160(uint256(keccak256(abi.encode(n)))));
            (bool paid, ) = member.call{value: 1}("");
            require(paid);
        }
    }
}
