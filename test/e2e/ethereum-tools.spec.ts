import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  Contract,
  ContractFactory,
  JsonRpcProvider,
  NonceManager,
  parseEther,
  WebSocketProvider,
} from 'ethers';
import { createPublicClient, createWalletClient, defineChain, http, webSocket } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { devMnemonic, devWallet } from '../accounts.js';
import { type Artifact, compile, uniswap } from '../artifacts.js';
import { recomputeChain } from '../independent-chain.js';
import { repositoryRoot, Stack } from '../stack.js';

const run = promisify(execFile);
const chainName = 'tools';
let stack: Stack;
let provider: JsonRpcProvider;

const supply = parseEther('1000000');
const forever = 2n ** 63n;

beforeAll(async () => {
  // Node 20 has no WebSocket of its own, and viem asks for a global one under Jest.
  globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;
  stack = await Stack.start();
  await stack.createChain(chainName);
  provider = new JsonRpcProvider(stack.rpcUrl(chainName), undefined, { pollingInterval: 50 });
}, 120_000);

afterAll(async () => {
  provider?.destroy();
  await stack?.stop();
}, 60_000);

describe('ethers', () => {
  it('deploys OpenZeppelin tokens and Uniswap V2, adds liquidity and swaps', async () => {
    const deployer = new NonceManager(devWallet(0).connect(provider));
    const owner = await deployer.getAddress();
    const deploy = async (artifact: Artifact, ...args: unknown[]): Promise<any> => {
      const factory = new ContractFactory(artifact.abi, artifact.bytecode, deployer);
      const contract = await factory.deploy(...args);
      return contract.waitForDeployment();
    };
    const done = async (sent: Promise<any>) => (await sent).wait();

    const { Gold, Swords } = compile('e2e/solidity/Tokens.sol');
    const gold = await deploy(Gold, supply);
    const swords = await deploy(Swords);
    const weth = await deploy(uniswap.weth());
    const factory = await deploy(uniswap.factory(), owner);
    const router = await deploy(uniswap.router(), factory.target, weth.target);

    await done(gold.transfer(devWallet(1).address, 5n));
    expect(await gold.balanceOf(devWallet(1).address)).toBe(5n);
    await done(swords.forge(owner));
    expect(await swords.ownerOf(1n)).toBe(owner);

    await done(gold.approve(router.target, supply));
    await done(
      router.addLiquidityETH(gold.target, 1_000_000n, 0n, 0n, owner, forever, {
        value: 1_000_000n,
      }),
    );
    const pair = new Contract(
      await factory.getPair(gold.target, weth.target),
      uniswap.pair().abi,
      provider,
    );
    const before = await gold.balanceOf(owner);
    await done(
      router.swapExactETHForTokens(1n, [weth.target, gold.target], owner, forever, {
        value: 10_000n,
      }),
    );
    // x·y = k with a fee of 0.3 %: 10000·997·1000000 / (1000000·1000 + 10000·997)
    expect((await gold.balanceOf(owner)) - before).toBe(9_871n);
    const [reserve0, reserve1] = await pair.getReserves();
    expect([reserve0, reserve1].sort()).toEqual([1_010_000n, 990_129n].sort());
  }, 60_000);

  it('subscribes over WebSocket', async () => {
    const socket = new WebSocketProvider(stack.rpcUrl(chainName).replace('http', 'ws'));
    const seen = new Promise<number>((resolve) => socket.on('block', resolve));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const wallet = devWallet(2).connect(provider);
    const receipt = await (await wallet.sendTransaction({ to: wallet.address, value: 1n })).wait();
    expect(await seen).toBe(receipt?.blockNumber);
    await socket.destroy();
  }, 20_000);

  it('explains a revert as Ethereum nodes do', async () => {
    const { Gold } = compile('e2e/solidity/Tokens.sol');
    const deployer = devWallet(3).connect(provider);
    const gold: any = await (
      await new ContractFactory(Gold.abi, Gold.bytecode, deployer).deploy(1n)
    ).waitForDeployment();
    await expect(gold.transfer.staticCall(devWallet(1).address, 2n)).rejects.toMatchObject({
      code: 'CALL_EXCEPTION',
      revert: { name: 'ERC20InsufficientBalance' },
    });
  }, 20_000);
});

describe('viem', () => {
  it('deploys OpenZeppelin tokens and Uniswap V2, adds liquidity and swaps', async () => {
    const url = stack.rpcUrl(chainName);
    const { chainId } = await provider.getNetwork();
    const chain = defineChain({
      id: Number(chainId),
      name: chainName,
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [url] } },
    });
    const account = mnemonicToAccount(devMnemonic, { addressIndex: 5 });
    const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
    const wallet = createWalletClient({ account, chain, transport: http(url) });
    const mined = async (hash: `0x${string}`) => {
      const receipt = await reader.waitForTransactionReceipt({ hash });
      expect(receipt.status).toBe('success');
      return receipt;
    };
    const deploy = async (artifact: Artifact, ...args: unknown[]) => {
      const hash = await wallet.deployContract({
        abi: artifact.abi,
        bytecode: artifact.bytecode,
        args,
      });
      return (await mined(hash)).contractAddress!;
    };
    const write = async (
      address: `0x${string}`,
      abi: any[],
      functionName: string,
      args: unknown[],
      value = 0n,
    ) => mined(await wallet.writeContract({ address, abi, functionName, args, value }));
    const read = (
      address: `0x${string}`,
      abi: any[],
      functionName: string,
      args: unknown[],
    ): Promise<any> => reader.readContract({ address, abi, functionName, args });

    const { Gold, Swords } = compile('e2e/solidity/Tokens.sol');
    const gold = await deploy(Gold, supply);
    const swords = await deploy(Swords);
    const weth = await deploy(uniswap.weth());
    const factory = await deploy(uniswap.factory(), account.address);
    const router = await deploy(uniswap.router(), factory, weth);

    await write(swords, Swords.abi, 'forge', [account.address]);
    expect(await read(swords, Swords.abi, 'ownerOf', [1n])).toBe(account.address);
    await write(gold, Gold.abi, 'approve', [router, supply]);
    const routerAbi = uniswap.router().abi;
    await write(
      router,
      routerAbi,
      'addLiquidityETH',
      [gold, 1_000_000n, 0n, 0n, account.address, forever],
      1_000_000n,
    );
    const before = await read(gold, Gold.abi, 'balanceOf', [account.address]);
    await write(
      router,
      routerAbi,
      'swapExactETHForTokens',
      [1n, [weth, gold], account.address, forever],
      10_000n,
    );
    expect((await read(gold, Gold.abi, 'balanceOf', [account.address])) - before).toBe(9_871n);
  }, 60_000);

  it('watches blocks over WebSocket', async () => {
    const client = createPublicClient({
      transport: webSocket(stack.rpcUrl(chainName).replace('http', 'ws')),
    });
    const seen = new Promise<bigint>((resolve, reject) => {
      client.watchBlockNumber({ onBlockNumber: resolve, onError: reject, emitMissed: false });
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const wallet = devWallet(2).connect(provider);
    await (await wallet.sendTransaction({ to: wallet.address, value: 1n })).wait();
    expect(await seen).toBeGreaterThan(0n);
    (await client.transport.getRpcClient()).close();
  }, 20_000);
});

describe('web3.js', () => {
  it('deploys and calls a contract', async () => {
    const { Web3 } = await import('web3');
    const web3 = new Web3(stack.rpcUrl(chainName));
    const account = web3.eth.accounts.privateKeyToAccount(devWallet(6).privateKey);
    web3.eth.accounts.wallet.add(account);
    const { Gold } = compile('e2e/solidity/Tokens.sol');
    const gold: any = await new web3.eth.Contract(Gold.abi)
      .deploy({ data: Gold.bytecode, arguments: [supply.toString()] } as any)
      .send({ from: account.address });
    await gold.methods.transfer(devWallet(1).address, 7).send({ from: account.address });
    expect(await gold.methods.balanceOf(devWallet(1).address).call()).toBe(7n);
  }, 30_000);
});

describe('Foundry', () => {
  const cast = async (...args: string[]) => {
    const binary = join(repositoryRoot, 'node_modules/@foundry-rs/cast/bin.mjs');
    const { stdout } = await run(process.execPath, [
      binary,
      ...args,
      '--rpc-url',
      stack.rpcUrl(chainName),
    ]);
    return stdout.trim();
  };

  it('sends, calls and reads blocks with cast', async () => {
    const { Gold } = compile('e2e/solidity/Tokens.sol');
    const deployer = devWallet(7).connect(provider);
    const gold = await new ContractFactory(Gold.abi, Gold.bytecode, deployer).deploy(supply);
    await gold.waitForDeployment();
    const target = String(gold.target);
    const friend = devWallet(8).address;
    const key = ['--private-key', deployer.privateKey];
    const sent = JSON.parse(
      await cast('send', target, 'transfer(address,uint256)', friend, '42', ...key, '--json'),
    );
    expect(sent.status).toBe('0x1');
    expect(await cast('call', target, 'balanceOf(address)(uint256)', friend)).toBe('42');
    const block = JSON.parse(await cast('block', sent.blockNumber, '--json'));
    expect(block.hash).toBe(sent.blockHash);
  }, 30_000);
});

describe('Hardhat', () => {
  it('runs a deploy script', async () => {
    const project = mkdtempSync(join(tmpdir(), 'flotilla-hardhat-'));
    try {
      const { Gold } = compile('e2e/solidity/Tokens.sol');
      symlinkSync(join(repositoryRoot, 'node_modules'), join(project, 'node_modules'));
      writeFileSync(join(project, 'package.json'), '{}');
      writeFileSync(
        join(project, 'hardhat.config.js'),
        `module.exports = { solidity: '0.8.24', networks: { flotilla: { url: ${JSON.stringify(stack.rpcUrl(chainName))}, accounts: [${JSON.stringify(devWallet(9).privateKey)}] } } };`,
      );
      writeFileSync(
        join(project, 'deploy.js'),
        `const hre = require('hardhat');
const { encodeDeployData } = require('viem');
(async () => {
  const [from] = await hre.network.provider.send('eth_accounts');
  const data = encodeDeployData({ ...${JSON.stringify(Gold)}, args: [5n] });
  const hash = await hre.network.provider.send('eth_sendTransaction', [{ from, data }]);
  let receipt = null;
  while (receipt === null) receipt = await hre.network.provider.send('eth_getTransactionReceipt', [hash]);
  console.log(JSON.stringify(receipt));
})();`,
      );
      const hardhat = join(repositoryRoot, 'node_modules/hardhat/internal/cli/bootstrap.js');
      const { stdout } = await run(
        process.execPath,
        [hardhat, 'run', '--no-compile', '--network', 'flotilla', 'deploy.js'],
        { cwd: project, env: { ...process.env, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true' } },
      );
      const receipt = JSON.parse(stdout.trim().split('\n').at(-1)!);
      expect(receipt.status).toBe('0x1');
      expect(await provider.getCode(receipt.contractAddress)).not.toBe('0x');
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  }, 60_000);
});

describe('an independent implementation', () => {
  it('recomputes every header hash, transactions root, receipts root and state root of the run', async () => {
    const recomputed = await recomputeChain(stack, chainName);
    expect(recomputed.mismatches).toEqual([]);
    expect(recomputed.blocks).toBeGreaterThan(25);
  }, 120_000);
});
