// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "hardhat/console.sol";

/// Keeps coins until a time has come; what a test suite with a clock is about.
contract Vault {
    address public immutable owner;
    uint256 public immutable unlockTime;

    event Withdrawn(uint256 amount);

    constructor(uint256 unlockTime_) payable {
        require(unlockTime_ > block.timestamp, "in the past");
        owner = msg.sender;
        unlockTime = unlockTime_;
    }

    function withdraw() external {
        console.log("withdrawing %d, from", address(this).balance, msg.sender);
        require(block.timestamp >= unlockTime, "too early");
        require(msg.sender == owner, "not the owner");
        emit Withdrawn(address(this).balance);
        payable(owner).transfer(address(this).balance);
    }
}
