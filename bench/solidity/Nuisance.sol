// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import "hardhat/console.sol";

/// What a dApp does that takes more than its share: computing, logging, storing, talking.
contract Nuisance {
    event Noise(uint256 indexed n, bytes32 content);

    mapping(uint256 => uint256) private hoard;

    /// Hashes until nearly all gas is gone.
    function burn(uint256 seed) external view returns (bytes32 digest) {
        digest = bytes32(seed);
        while (gasleft() > 20_000) digest = keccak256(abi.encodePacked(digest));
    }

    function shout(uint256 seed, uint256 count) external {
        for (uint256 i = 0; i < count; i++) emit Noise(i, keccak256(abi.encodePacked(seed, i)));
    }

    /// Writes slots that were never written before, whatever the seed.
    function fill(uint256 seed, uint256 count) external {
        for (uint256 i = 0; i < count; i++) hoard[uint256(keccak256(abi.encodePacked(seed, i)))] = 1;
    }

    function chatter(uint256 seed, uint256 count) external view {
        for (uint256 i = 0; i < count; i++) console.log("chatter of %s, line %s, and much more of it", seed, i);
    }
}
