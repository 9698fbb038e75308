// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// What calls, logs, fails and is made by `Traced`.
contract Helper {
    event Helped(uint256 indexed amount);
    error Refused(uint256 amount);

    uint256 public total;

    constructor() payable {}

    receive() external payable {}

    function add(uint256 amount) external payable returns (uint256) {
        total += amount;
        emit Helped(amount);
        return total;
    }

    function refuse(uint256 amount) external {
        total = amount;
        emit Helped(amount);
        revert Refused(amount);
    }

    function complain() external pure {
        require(false, "no luck");
    }

    function divide(uint256 by) external view returns (uint256) {
        return total / by;
    }

    function loop() external {
        while (true) total++;
    }

    function invalid() external pure {
        assembly {
            invalid()
        }
    }

    function leave(address payable heir) external {
        selfdestruct(heir);
    }
}

/// One function for each thing that a tracer has to tell right.
contract Traced {
    event Done(string what, uint256 value);

    Helper public helper = new Helper();
    uint256 public value = 7;
    mapping(address => uint256) public seen;

    receive() external payable {}

    function calls() external payable returns (uint256 sum) {
        emit Done("before", value);
        sum = helper.add{value: msg.value / 2}(3);
        sum += helper.total();
        emit Done("between", sum);
        (bool ok, ) = address(helper).delegatecall(abi.encodeCall(Helper.add, (1)));
        require(ok, "delegated");
        seen[msg.sender] = sum;
        emit Done("after", sum);
    }

    function failures() external returns (uint256 failed) {
        bytes[4] memory inputs = [
            abi.encodeCall(Helper.refuse, (5)),
            abi.encodeCall(Helper.complain, ()),
            abi.encodeCall(Helper.divide, (0)),
            abi.encodeCall(Helper.invalid, ())
        ];
        for (uint256 i = 0; i < inputs.length; i++) {
            (bool ok, ) = address(helper).call{gas: 100_000}(inputs[i]);
            if (!ok) failed++;
        }
        (bool paid, ) = address(helper).call{value: 1 << 100}("");
        if (!paid) failed++;
        (bool ended, ) = address(helper).call{gas: 30_000}(abi.encodeCall(Helper.loop, ()));
        if (!ended) failed++;
        value = failed;
    }

    function creates(bytes32 salt) external returns (address) {
        Helper first = new Helper();
        Helper second = new Helper{salt: salt}();
        first.add(1);
        second.leave(payable(address(this)));
        return address(first);
    }

    function reads(address other) external view returns (bytes32 digest) {
        digest = sha256(abi.encode(other.balance, other.code.length, other.codehash, value));
        digest ^= keccak256(abi.encode(blockhash(block.number), gasleft() > 0));
    }

    function clears() external {
        value = 0;
        delete seen[msg.sender];
        assembly {
            tstore(1, 2)
            sstore(9, tload(1))
            sstore(9, 0)
        }
    }

    function reverts() external {
        value = 99;
        helper.add(1);
        revert("all for nothing");
    }
}
