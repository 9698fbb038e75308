// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// Work for the interpreter alone: sorting, modular powers by squaring, matrices and hashing, all in memory.
contract Workshop {
    uint256 private constant PRIME = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;

    mapping(address => uint256) public results;

    function work(uint256 seed) external {
        results[msg.sender] = sorted(seed) ^ power(seed | 3, 0xffffffff) ^ product(seed) ^ hashed(seed);
    }

    function sorted(uint256 seed) private pure returns (uint256) {
        uint256[24] memory list;
        for (uint256 i = 0; i < 24; i++) {
            unchecked {
                seed = seed * 6364136223846793005 + 1442695040888963407;
            }
            list[i] = seed >> 128;
        }
        for (uint256 i = 1; i < 24; i++) {
            uint256 value = list[i];
            uint256 j = i;
            while (j > 0 && list[j - 1] > value) {
                list[j] = list[j - 1];
                j--;
            }
            list[j] = value;
        }
        return list[12];
    }

    function power(uint256 base, uint256 exponent) private pure returns (uint256 result) {
        result = 1;
        while (exponent > 0) {
            if (exponent & 1 == 1) result = mulmod(result, base, PRIME);
            base = mulmod(base, base, PRIME);
            exponent >>= 1;
        }
    }

    function product(uint256 seed) private pure returns (uint256 sum) {
        uint256[36] memory a;
        uint256[36] memory b;
        for (uint256 i = 0; i < 36; i++) {
            a[i] = (seed >> 1) + i;
            b[i] = seed ^ (i << 8);
        }
        unchecked {
            for (uint256 row = 0; row < 6; row++) {
                for (uint256 column = 0; column < 6; column++) {
                    uint256 cell = 0;
                    for (uint256 k = 0; k < 6; k++) cell += a[row * 6 + k] * b[k * 6 + column];
                    sum ^= cell;
                }
            }
        }
    }

    function hashed(uint256 seed) private pure returns (uint256) {
        bytes32 digest = bytes32(seed);
        for (uint256 i = 0; i < 64; i++) digest = keccak256(abi.encodePacked(digest, i));
        return uint256(digest);
    }
}
