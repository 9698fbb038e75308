// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// One turn of a game that lives on chain: a hero walks over a map, harvests, levels up and trades.
/// Nearly all of its gas is storage: cold and warm reads, rewrites, and now and then a new slot.
contract Arena {
    struct Hero {
        uint64 position;
        uint64 energy;
        uint64 level;
        uint64 turns;
        uint256 score;
        uint256 lastTile;
    }

    struct Tile {
        address visitor;
        uint96 visits;
        uint256 yield;
    }

    uint256 private constant MAP = 4096;

    event Turned(address indexed hero, uint256 indexed tile, uint256 harvest);

    mapping(address => Hero) public heroes;
    mapping(uint256 => Tile) public tiles;
    mapping(address => mapping(uint256 => uint256)) public inventory;
    uint256 public totalHarvest;
    uint256 public totalTurns;

    function turn(uint256 dice) external {
        Hero storage hero = heroes[msg.sender];
        uint256 at = (uint256(hero.position) + dice) % MAP;
        Tile storage tile = tiles[at];

        uint256 harvest = 1 + (tile.yield + dice) % 7;
        tile.visitor = msg.sender;
        tile.visits += 1;
        tile.yield = tile.yield + harvest;
        inventory[msg.sender][at % 16] += harvest;

        hero.position = uint64(at);
        hero.energy = uint64(100 + harvest);
        hero.turns += 1;
        if (hero.turns % 10 == 0) hero.level += 1;
        hero.score += harvest * (hero.level + 1);
        hero.lastTile = at;

        totalHarvest += harvest;
        totalTurns += 1;
        emit Turned(msg.sender, at, harvest);
    }
}
