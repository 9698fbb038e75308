// Compiles the root's contracts and writes what the product needs of them as TypeScript modules.
// `--check` writes nothing and fails when the committed modules are not what the sources compile to.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AbiCoder, concat, getCreate2Address, id, keccak256 } from 'ethers';
import solc from 'solc';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const sourceFolder = here('../solidity/');

/** The deterministic deployment proxy (Arachnid), at the same address on every chain that has it. */
const PROXY = '0x4e59b44847b379578588920ca78fbf26c0b4956c';
const SALT = id('flotilla.root.v1');

const settings = {
  optimizer: { enabled: true, runs: 10_000 },
  // Besu, anvil and Ethereum have had Cancun for long; a newer target would shut others out.
  evmVersion: 'cancun',
  // Without the metadata hash the bytecode, and so the address, does not depend on comments and paths.
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: {
    '*': {
      '*': [
        'abi',
        'storageLayout',
        'evm.bytecode.object',
        'evm.deployedBytecode.object',
        'evm.deployedBytecode.immutableReferences',
      ],
    },
  },
};

async function compile() {
  const names = (await readdir(sourceFolder)).filter((name) => name.endsWith('.sol')).sort();
  const sources = {};
  for (const name of names) {
    sources[name] = { content: await readFile(sourceFolder + name, 'utf8') };
  }
  const output = JSON.parse(
    solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })),
  );
  const messages = (output.errors ?? []).map((error) => error.formattedMessage);
  if (messages.length > 0) {
    console.error(messages.join('\n'));
    process.exit(1);
  }
  return (name) => output.contracts[`${name}.sol`][name];
}

function slotOf(contract, label) {
  return Number(contract.storageLayout.storage.find((entry) => entry.label === label).slot);
}

function placed(contract, argumentTypes, argumentValues) {
  const { bytecode, deployedBytecode } = contract.evm;
  const encoded = AbiCoder.defaultAbiCoder().encode(argumentTypes, argumentValues);
  const initCode = concat([`0x${bytecode.object}`, encoded]);
  // The one kind of immutable here is the constructor's only argument.
  let runtime = deployedBytecode.object;
  for (const { start, length } of Object.values(deployedBytecode.immutableReferences).flat()) {
    runtime = runtime.slice(0, 2 * start) + encoded.slice(2) + runtime.slice(2 * (start + length));
  }
  const address = getCreate2Address(PROXY, SALT, keccak256(initCode)).toLowerCase();
  return { address, initCode, runtimeCode: `0x${runtime}`, abi: contract.abi };
}

const HEADER = '// Written by libs/contracts/scripts/compile.mjs; do not edit.\n';

function contractModule(name, { initCode, runtimeCode, abi }) {
  const lines = abi.map((entry) => `  ${JSON.stringify(entry)},`).join('\n');
  return `${HEADER}
export const ${name}Abi = [
${lines}
] as const;

/** Constructor code with its arguments, for the deployment proxy. */
export const ${name}InitCode = '${initCode}' as const;

/** What stands at the address afterwards, for a genesis block. */
export const ${name}RuntimeCode = '${runtimeCode}' as const;
`;
}

function addressesModule(registry, manager, anchorsSlot) {
  return `${HEADER}
/** The deterministic deployment proxy that puts the contracts at the same address on every root. */
export const DEPLOYMENT_PROXY_ADDRESS = '${PROXY}' as const;

export const DEPLOYMENT_SALT = '${SALT}' as const;

export const CHAIN_REGISTRY_ADDRESS = '${registry.address}' as const;

export const CHECKPOINT_MANAGER_ADDRESS = '${manager.address}' as const;

/** Where \`CheckpointManager\` keeps its mapping of anchors. */
export const ANCHORS_MAPPING_SLOT = ${anchorsSlot};
`;
}

const contract = await compile();
const registry = placed(contract('ChainRegistry'), [], []);
const manager = placed(contract('CheckpointManager'), ['address'], [registry.address]);
const modules = {
  [here('../src/generated/chain-registry.ts')]: contractModule('chainRegistry', registry),
  [here('../src/generated/checkpoint-manager.ts')]: contractModule('checkpointManager', manager),
  [here('../../anchoring/src/generated/root-addresses.ts')]: addressesModule(
    registry,
    manager,
    slotOf(contract('CheckpointManager'), '_anchors'),
  ),
};

for (const [file, content] of Object.entries(modules)) {
  if (!process.argv.includes('--check')) await writeFile(file, content);
  else if ((await readFile(file, 'utf8')) !== content) {
    console.error(`${file} is not what the Solidity sources compile to; run compile.mjs`);
    process.exitCode = 1;
  }
}
