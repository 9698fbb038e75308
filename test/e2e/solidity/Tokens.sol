// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

contract Gold is ERC20 {
    constructor(uint256 supply) ERC20("Gold", "GLD") {
        _mint(msg.sender, supply);
    }
}

contract Swords is ERC721 {
    uint256 private nextId = 1;

    constructor() ERC721("Swords", "SWD") {}

    function forge(address owner) external returns (uint256 id) {
        id = nextId++;
        _safeMint(owner, id);
    }
}
