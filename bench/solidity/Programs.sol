// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

import "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// Programs that are nearly all computation, one kind of work each.
contract Compute {
    mapping(uint256 => uint256) private table;

    function arithmetic(uint256 rounds) external pure returns (uint256 sum) {
        for (uint256 i = 1; i <= rounds; i++) {
            sum += (i * 7 + sum / 3) % 1000;
        }
    }

    function wide(uint256 rounds) external pure returns (uint256 state) {
        state = 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95;
        unchecked {
            for (uint256 i = 0; i < rounds; i++) {
                state = (state ^ (state << 13)) * 0x2545f4914f6cdd1d + (state >> 7);
            }
        }
    }

    function hashes(uint256 rounds) external pure returns (bytes32 digest) {
        for (uint256 i = 0; i < rounds; i++) digest = keccak256(abi.encode(digest, i));
    }

    function sort(uint256 length) external pure returns (uint256) {
        uint256[] memory items = new uint256[](length);
        uint256 seed = 1;
        for (uint256 i = 0; i < length; i++) {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            items[i] = seed;
        }
        for (uint256 i = 1; i < length; i++) {
            uint256 item = items[i];
            uint256 j = i;
            while (j > 0 && items[j - 1] > item) {
                items[j] = items[j - 1];
                j--;
            }
            items[j] = item;
        }
        return items[length / 2];
    }

    function sieve(uint256 limit) external pure returns (uint256 count) {
        bool[] memory composite = new bool[](limit + 1);
        for (uint256 i = 2; i <= limit; i++) {
            if (composite[i]) continue;
            count++;
            for (uint256 j = i * i; j <= limit; j += i) composite[j] = true;
        }
    }

    function signed(int256 rounds) external pure returns (int256 sum) {
        for (int256 i = 0; i < rounds; i++) sum += i % 2 == 0 ? -i * 3 : i / 2 - 5;
    }

    function mappings(uint256 rounds) external returns (uint256 sum) {
        for (uint256 i = 0; i < rounds; i++) {
            table[i % 64] += i;
            sum += table[(i * 7) % 64];
        }
    }

    function calls(uint256 rounds) external view returns (uint256 sum) {
        for (uint256 i = 0; i < rounds; i++) sum += this.arithmetic(3);
    }
}

contract Token is ERC20 {
    constructor() ERC20("Token", "TKN") {
        _mint(msg.sender, 1e30);
    }
}
